import styles from './Labels.module.css';

/** Labels as Kubernetes writes them. */
export function Labels({ labels, none }: { labels: Record<string, string>; none: string }) {
  const entries = Object.entries(labels).sort(([a], [b]) => a.localeCompare(b, 'en'));
  if (entries.length === 0) return <span className={styles.none}>{none}</span>;
  return (
    <span className={styles.labels}>
      {entries.map(([key, value]) => (
        <span key={key} className={styles.label}>
          {key}: {value}
        </span>
      ))}
    </span>
  );
}
