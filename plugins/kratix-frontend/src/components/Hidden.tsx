import type { ReactNode } from 'react';
import styles from './Hidden.module.css';

/** Text for screen readers alone. Unlike the one of BUI it is a `span`, so it may stand inside a line of text. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className={styles.hidden}>{children}</span>;
}
