import { useState, type ReactNode } from 'react';
import { RiArrowDownSLine, RiArrowRightSLine } from '@remixicon/react';
import type { RunFile } from '@kratix-ts/backstage-plugin-kratix-common';
import { Code } from './Code';
import { useWords } from './useWords';
import styles from './FileList.module.css';

export interface ListedFile {
  /** Tells it from the others of its list. */
  key: string;
  path: string;
  /** What is special about it. */
  mark?: ReactNode;
  /** Where it comes from, how large it is. */
  note?: ReactNode;
  content: ReactNode;
  isOpenAtFirst?: boolean;
}

/** Files that open to what there is to see of them. */
export function FileList({ files, label }: { files: ListedFile[]; label: string }) {
  const [toggled, setToggled] = useState<string[]>([]);
  const toggle = (key: string) => setToggled(keys => (keys.includes(key) ? keys.filter(other => other !== key) : [...keys, key]));
  return (
    <ul className={styles.files} aria-label={label}>
      {files.map(({ key, path, mark, note, content, isOpenAtFirst = false }) => {
        const isOpen = toggled.includes(key) !== isOpenAtFirst;
        return (
          <li key={key} className={styles.file}>
            <button type="button" className={styles.head} aria-expanded={isOpen} onClick={() => toggle(key)}>
              {isOpen ? <RiArrowDownSLine size={16} aria-hidden /> : <RiArrowRightSLine size={16} aria-hidden />}
              <span className={styles.words}>
                <bdi className={styles.path}>{path}</bdi>
                {mark && <span className={styles.mark}>{mark}</span>}
                {note && <span className={styles.note}>{note}</span>}
              </span>
            </button>
            {isOpen && <div className={styles.content}>{content}</div>}
          </li>
        );
      })}
    </ul>
  );
}

/** Why the text of a file is not shown, or not as it is. */
export function FileReason({ reason }: { reason: RunFile['reason'] }) {
  const { t } = useWords();
  return reason ? <p className={styles.reason}>{t(`delivery.reason.${reason}`)}</p> : null;
}

/** The text of a file, as far as it may be shown. */
export function FileText({ file: { content, reason, path } }: { file: RunFile }) {
  return (
    <>
      <FileReason reason={reason} />
      {content !== undefined && <Code text={content} label={path} />}
    </>
  );
}
