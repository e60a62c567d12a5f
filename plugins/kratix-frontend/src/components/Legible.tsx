import type { ReactNode } from 'react';
import styles from './Legible.module.css';

/** Gives quiet text inside it the contrast that small text needs; in its dark theme the kit's own has less. */
export function Legible({ children }: { children: ReactNode }) {
  return (
    <div className={styles.outer}>
      <div className={styles.inner}>{children}</div>
    </div>
  );
}
