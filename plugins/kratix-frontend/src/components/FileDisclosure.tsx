import type { ReactNode } from 'react';
import { RiArrowDownSLine, RiArrowRightSLine } from '@remixicon/react';
import styles from './FileDisclosure.module.css';

interface FileDisclosureProps {
  path: string;
  /** What is special about the file. */
  mark?: ReactNode;
  /** Where it comes from, how large it is. */
  note?: ReactNode;
  isOpen: boolean;
  onToggle: () => void;
  children: ReactNode;
}

/** An entry of a list of files, which opens to what there is to see of it. */
export function FileDisclosure({ path, mark, note, isOpen, onToggle, children }: FileDisclosureProps) {
  return (
    <li className={styles.file}>
      <button type="button" className={styles.head} aria-expanded={isOpen} onClick={onToggle}>
        {isOpen ? <RiArrowDownSLine size={16} aria-hidden /> : <RiArrowRightSLine size={16} aria-hidden />}
        <span className={styles.words}>
          <bdi className={styles.path}>{path}</bdi>
          {mark && <span className={styles.mark}>{mark}</span>}
          {note && <span className={styles.note}>{note}</span>}
        </span>
      </button>
      {isOpen && children}
    </li>
  );
}
