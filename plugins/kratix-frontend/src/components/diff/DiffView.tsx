import { useMemo } from 'react';
import { parsePatch, structuredPatch } from 'diff';
import { Hidden } from '../Hidden';
import { useWords } from '../useWords';
import styles from './DiffView.module.css';

/** A comparison that takes longer is given up: the texts have hardly anything in common. */
const LONGEST_MS = 500;
const CONTEXT = 3;

/** Two texts, or how they differ as a unified diff says it. */
export type DiffViewProps = { label: string } & ({ before: string; after: string } | { patch: string });

/** Two texts line by line: what went away, what came, and some lines around. Loaded when it is first shown. */
export default function DiffView({ label, ...texts }: DiffViewProps) {
  const { t } = useWords();
  const key = JSON.stringify(texts);
  // The key stands for the texts.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const hunks = useMemo(() => hunksOf(texts), [key]);
  if (!hunks) return <p className={styles.note}>{t('diff.tooFar')}</p>;
  if (hunks.length === 0) return <p className={styles.note}>{t('diff.same')}</p>;
  return (
    // A region that scrolls has to be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.diff} tabIndex={0} role="group" aria-label={label}>
      {hunks.map(({ oldStart, newStart, lines }) => (
        <div key={`${oldStart}/${newStart}`} className={styles.hunk}>
          {lines.map((line, index) => {
            const sign = line[0];
            return (
              <div key={index} className={styles.line} data-sign={sign}>
                <span aria-hidden className={styles.sign}>
                  {sign === ' ' ? '' : sign}
                </span>
                {sign !== ' ' && <Hidden>{t(sign === '+' ? 'diff.added' : 'diff.removed')}: </Hidden>}
                <bdi>{line.slice(1) || ' '}</bdi>
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function hunksOf(texts: { before: string; after: string } | { patch: string }) {
  const patch =
    'patch' in texts
      ? parsePatch(texts.patch)[0]
      : structuredPatch('a', 'b', texts.before, texts.after, undefined, undefined, { context: CONTEXT, timeout: LONGEST_MS });
  return patch?.hunks.map(hunk => ({ ...hunk, lines: hunk.lines.filter(line => !line.startsWith('\\')) }));
}
