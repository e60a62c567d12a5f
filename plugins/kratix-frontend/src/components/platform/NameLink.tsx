import { Link } from '@backstage/ui';
import { MiddleTruncate } from '../MiddleTruncate';
import { QuietLink, useWay } from '../QuietLinks';
import styles from './NameLink.module.css';

/** A name that leads to its page; plain text where there is none. Where it does not fit it loses its middle. */
export function NameLink({ name, href, isStrong }: { name: string; href?: string; isStrong?: boolean }) {
  const way = useWay();
  return (
    <span className={isStrong ? `${styles.name} ${styles.strong}` : styles.name}>
      {href && way && (
        <QuietLink way={way} to={href}>
          <MiddleTruncate text={name} />
        </QuietLink>
      )}
      {href && !way && (
        <Link href={href} variant="body-small" weight={isStrong ? 'bold' : 'regular'} className={styles.link}>
          <MiddleTruncate text={name} />
        </Link>
      )}
      {!href && <MiddleTruncate text={name} />}
    </span>
  );
}
