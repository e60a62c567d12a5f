import { RiCheckboxCircleFill, RiCloseCircleFill } from '@remixicon/react';
import styles from './Readiness.module.css';

/** Whether something works, in a word and an icon, and why not. */
export function Readiness({ isReady, yes, no, message }: { isReady: boolean; yes: string; no: string; message?: string }) {
  const Icon = isReady ? RiCheckboxCircleFill : RiCloseCircleFill;
  return (
    <>
      <span className={styles.state}>
        <Icon size={18} aria-hidden className={isReady ? styles.ready : styles.broken} />
        <span>{isReady ? yes : no}</span>
      </span>
      {message && <span className={styles.message}>{message}</span>}
    </>
  );
}
