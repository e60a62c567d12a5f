import type { ReactNode } from 'react';
import { Hidden } from '../Hidden';
import { as } from './tableRoles';
import tables from './Table.module.css';

export interface SimpleColumn<T> {
  id: string;
  label: string;
  /** As CSS has it; what is left is shared. */
  width?: string;
  isNumber?: boolean;
  cell(item: T): ReactNode;
}

interface Props<T> {
  title: string;
  /** The first one names the row. */
  columns: SimpleColumn<T>[];
  items: readonly T[];
  keyOf(item: T): string;
}

/** A table that is shown whole; on a narrow page, as blocks. */
export function SimpleTable<T>({ title, columns, items, keyOf }: Props<T>) {
  const [first, ...others] = columns;
  return (
    <div className={tables.frame}>
      <table {...as.table} className={tables.table}>
        <caption>
          <Hidden>{title}</Hidden>
        </caption>
        <thead {...as.rowgroup}>
          <tr {...as.row}>
            {columns.map(({ id, label, width, isNumber }) => (
              <th key={id} {...as.columnheader} style={{ width }} className={isNumber ? tables.number : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...as.rowgroup}>
          {items.map(item => (
            <tr key={keyOf(item)} {...as.row}>
              <th {...as.rowheader}>{first.cell(item)}</th>
              {others.map(({ id, label, isNumber, cell }) => (
                <td key={id} {...as.cell} data-label={label} className={isNumber ? tables.number : undefined}>
                  <span className={tables.value}>{cell(item)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
