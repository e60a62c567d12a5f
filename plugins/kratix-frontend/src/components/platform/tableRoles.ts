/**
 * What the parts of a table are, said in roles: on a narrow page its rows are drawn as blocks, and would be a table no
 * longer for screen readers.
 */
export const as = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader', scope: 'col' },
  rowheader: { role: 'rowheader', scope: 'row' },
  cell: { role: 'cell' },
} as const;
