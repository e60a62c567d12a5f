/** Texts of what stands on other plugins' pages, in English. */
export const aroundMessages = {
  offer: 'Offer',
  allWell_one: 'Your request is well.',
  allWell_other: 'All {{count}} of your requests are well.',
  noneYet: 'What you request appears here when it needs you.',
  viewInGit: 'Files in Git',
  noCommit: 'Nothing has been written to a Git host that is known.',
} as const;
