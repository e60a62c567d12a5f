import { Link } from '@backstage/ui';
import { MiddleTruncate } from '../MiddleTruncate';
import styles from './NameLink.module.css';

/** A name that leads to its page; plain text where there is none. Where it does not fit it loses its middle. */
export function NameLink({ name, href, isStrong }: { name: string; href?: string; isStrong?: boolean }) {
  return (
    <span className={isStrong ? `${styles.name} ${styles.strong}` : styles.name}>
      {href ? (
        <Link href={href} variant="body-small" weight={isStrong ? 'bold' : 'regular'} className={styles.link}>
          <MiddleTruncate text={name} />
        </Link>
      ) : (
        <MiddleTruncate text={name} />
      )}
    </span>
  );
}
