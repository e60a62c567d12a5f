import { Hidden } from './Hidden';
import styles from './MiddleTruncate.module.css';

const TAIL = 8;
const SHORT = 18;

/** A name that, where it does not fit, loses its middle; whole on hover and for screen readers. */
export function MiddleTruncate({ text }: { text: string }) {
  if (text.length <= SHORT) return <span className={styles.whole}>{text}</span>;
  return (
    <span className={styles.root} title={text}>
      <Hidden>{text}</Hidden>
      <span aria-hidden className={styles.head}>
        {text.slice(0, -TAIL)}
      </span>
      <span aria-hidden className={styles.tail}>
        {text.slice(-TAIL)}
      </span>
    </span>
  );
}
