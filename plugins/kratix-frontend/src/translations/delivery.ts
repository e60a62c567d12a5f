/** Texts of where files went, in English. */
export const deliveryMessages = {
  delivery: {
    title: 'Delivery',
    tab: 'Delivery',
    deliveredTo: 'Files in {{destination}}',
    none: 'Nothing has been delivered yet. The destinations and their files appear here when the steps are done.',
    files_one: '{{count}} file',
    files_other: '{{count}} files',
    noFiles: 'no files',
    path: 'File',
    size: 'Size',
    step: 'From step',
    changed: 'changed by hand',
    Pending: 'waiting',
    Delivered: 'delivered',
    Failed: 'not delivered',
    Misplaced: 'no longer matches',
  },
} as const;
