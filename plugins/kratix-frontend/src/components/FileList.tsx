import { useState, type ReactNode } from 'react';
import type { RunFile } from '@kratix-ts/backstage-plugin-kratix-common';
import { Code } from './Code';
import { FileDisclosure } from './FileDisclosure';
import { useWords } from './useWords';
import styles from './FileList.module.css';

export interface ListedFile {
  /** Where its list does not say it. */
  step?: string;
  path: string;
  mark?: ReactNode;
  content: ReactNode;
}

/** Files that open, several at a time; the first ones are open where there are few. */
export function FileList({ files, label, openUpTo = 0 }: { files: ListedFile[]; label: string; openUpTo?: number }) {
  const keyOf = ({ step, path }: ListedFile) => JSON.stringify([step, path]);
  const [toggled, setToggled] = useState<string[]>([]);
  const isOpenAtFirst = files.length <= openUpTo;
  const toggle = (key: string) => setToggled(keys => (keys.includes(key) ? keys.filter(other => other !== key) : [...keys, key]));
  return (
    <ul className={styles.files} aria-label={label}>
      {files.map(file => {
        const key = keyOf(file);
        const isOpen = toggled.includes(key) !== isOpenAtFirst;
        return (
          <FileDisclosure key={key} path={file.path} mark={file.mark} note={file.step} isOpen={isOpen} onToggle={() => toggle(key)}>
            <div className={styles.content}>{file.content}</div>
          </FileDisclosure>
        );
      })}
    </ul>
  );
}

/** Why the text of a file is not shown, or not as it is. */
export function FileReason({ reason }: { reason: RunFile['reason'] }) {
  const { t } = useWords();
  return reason ? <p className={styles.note}>{t(`delivery.reason.${reason}`)}</p> : null;
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
