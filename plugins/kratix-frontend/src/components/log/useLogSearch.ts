import { useEffect, useMemo, useState } from 'react';
import type { LogView } from '../../live/useLog';
import { LogSearch } from '../../model/logSearch';

export interface LogSearchUse {
  text: string;
  setText: (text: string) => void;
  /** How many lines hold the text. */
  count: number;
  /** Which of them is shown, from 1; 0 where there is none. */
  position: number;
  /** Number of the line that is shown. */
  line?: number;
  /** To the next one, or with -1 to the one before; round the end. */
  move: (by: 1 | -1) => void;
}

/** Searches a log as it grows, some lines at a time, so that the page stays at hand. */
export function useLogSearch({ buffer, version }: LogView): LogSearchUse {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<number>();
  const [, setSteps] = useState(0);
  const search = useMemo(() => (text ? new LogSearch(text) : undefined), [text]);

  useEffect(() => {
    if (!search) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const step = () => {
      const isMore = search.scan(buffer);
      setSteps(count => count + 1);
      if (isMore) timer = setTimeout(step, 0);
    };
    step();
    return () => clearTimeout(timer);
  }, [search, buffer, version]);

  const matches = search?.matches ?? [];
  const index = matches.length === 0 ? -1 : indexOf(matches, chosen);
  const move = (by: 1 | -1) => {
    if (matches.length > 0) setChosen(matches[(index + by + matches.length) % matches.length]);
  };
  const change = (next: string) => {
    setChosen(undefined);
    setText(next);
  };
  return { text, setText: change, count: matches.length, position: index + 1, line: matches[index], move };
}

/** The match that was chosen, or the first one behind it; the first of all where none was. */
function indexOf(matches: number[], chosen: number | undefined): number {
  if (chosen === undefined) return 0;
  const index = matches.findIndex(match => match >= chosen);
  return index < 0 ? 0 : index;
}
