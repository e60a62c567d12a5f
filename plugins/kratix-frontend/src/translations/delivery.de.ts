/** German texts of `delivery.ts`, flattened. */
export const deliveryGerman = {
  'delivery.title': 'Auslieferung',
  'delivery.tab': 'Auslieferung',
  'delivery.deliveredTo': 'Dateien in {{destination}}',
  'delivery.none':
    'Noch nichts ausgeliefert. Ziele und Dateien erscheinen hier, wenn die Schritte fertig sind.',
  'delivery.files_one': '{{count}} Datei',
  'delivery.files_other': '{{count}} Dateien',
  'delivery.noFiles': 'keine Dateien',
  'delivery.path': 'Datei',
  'delivery.size': 'Größe',
  'delivery.step': 'Aus Schritt',
  'delivery.changed': 'von Hand geändert',
  'delivery.Pending': 'wartet',
  'delivery.Delivered': 'ausgeliefert',
  'delivery.Failed': 'nicht ausgeliefert',
  'delivery.Misplaced': 'passt nicht mehr',
};
