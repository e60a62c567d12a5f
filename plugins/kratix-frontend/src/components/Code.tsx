import styles from './Code.module.css';

/** Text with its line ends, to be read and copied; it scrolls where it does not fit. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    // A region that scrolls has to be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={styles.code} tabIndex={0} role="group" aria-label={label}>
      <bdi>{text}</bdi>
    </pre>
  );
}
