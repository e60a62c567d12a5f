/** Texts of what stands on other plugins' pages, in German. */
export const aroundGerman = {
  'around.offer': 'Angebot',
  'around.allWell_one': 'Mit Ihrer Anfrage ist alles in Ordnung.',
  'around.allWell_other': 'Mit allen {{count}} Ihrer Anfragen ist alles in Ordnung.',
  'around.noneYet': 'Was Sie anfragen, erscheint hier, sobald es Sie braucht.',
  'around.viewInGit': 'Dateien in Git',
  'around.noCommit': 'Es wurde noch nichts in einen bekannten Git-Host geschrieben.',
};
