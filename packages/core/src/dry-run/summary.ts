import { diffLines } from 'diff';
import type { FileChange } from './changes';

/** What a pipeline would change. */
export interface PipelineChanges {
  pipeline: string;
  changes: FileChange[];
}

/** What came of the dry run of a request that this one makes. */
export interface ComponentOutcome {
  promise: string;
  request: string;
  /** Its own summary, once it is over. */
  summary?: string;
  /** Why it failed. */
  failure?: string;
}

export const SUMMARY_TITLE = '# Kratix Dry Run Summary';
const RULE = '---';
const HEADINGS = { Added: '➕ Added', Modified: '✏️ Modified', Removed: '🗑️ Removed' } as const;

/** Markdown of what a dry run would change: pipelines by name, each file whole. Source: B-DR-5. */
export function dryRunSummary(pipelines: PipelineChanges[]): string {
  return `${[SUMMARY_TITLE, ...pipelineSections(pipelines, '##')].join('\n\n')}\n`;
}

/** The same for a request whose files are requests of other Promises. */
export function compoundSummary(promise: string, request: string, pipelines: PipelineChanges[], components: ComponentOutcome[]): string {
  const own = [`## Compound request: \`${promise}\` / \`${request}\``, ...pipelineSections(pipelines, '###')];
  const parts = components.flatMap(component => [RULE, `## Component request: \`${component.promise}\` / \`${component.request}\``, componentText(component)]);
  return `${[SUMMARY_TITLE, ...own, ...parts].join('\n\n')}\n`;
}

function componentText({ summary, failure }: ComponentOutcome): string {
  if (failure !== undefined) return `> **Dry run failed.** ${failure}`;
  if (summary === undefined) return '> The dry run did not complete within the timeout.';
  const text = summary.replace(SUMMARY_TITLE, '').trim();
  return text === '' ? '> No changes.' : deeper(text);
}

/** Headings one level deeper; what stands in fences is no heading. */
function deeper(markdown: string): string {
  let fence = '';
  return markdown
    .split('\n')
    .map(line => {
      const mark = /^(`{3,})/.exec(line)?.[1] ?? '';
      if (fence ? line === fence : mark) fence = fence ? '' : mark;
      return !fence && line.startsWith('#') ? `#${line}` : line;
    })
    .join('\n');
}

function pipelineSections(pipelines: PipelineChanges[], level: string): string[] {
  const sorted = [...pipelines].sort((a, b) => (a.pipeline < b.pipeline ? -1 : 1));
  return sorted.flatMap(({ pipeline, changes }, index) => {
    const count = (change: FileChange['change']) => changes.filter(each => each.change === change).length;
    const counts = `**${count('Added')} added · ${count('Modified')} modified · ${count('Removed')} removed**`;
    const files = changes.length === 0 ? ['No changes.'] : changes.flatMap(change => [RULE, `${level} ${HEADINGS[change.change]}: \`${change.path}\``, fileText(change)]);
    return [...(index > 0 ? [RULE] : []), `${level} Pipeline: \`${pipeline}\``, counts, ...files];
  });
}

function fileText({ path, change, before, after }: FileChange): string {
  if (change === 'Added') return fenced('yaml', after);
  if (change === 'Removed') return fenced('yaml', before);
  return fenced('diff', `--- a/${path}\n+++ b/${path}\n${lineDiff(before, after)}`);
}

function lineDiff(before: string, after: string): string {
  const ended = (text: string) => (text.endsWith('\n') ? text : `${text}\n`);
  return diffLines(ended(before), ended(after))
    .flatMap(({ value, added, removed }) => {
      const mark = (added && '+') || (removed && '-') || ' ';
      return value.replace(/\n$/, '').split('\n').map(line => mark + line);
    })
    .join('\n');
}

/** Longer than any fence that the text itself holds. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^`{3,}/gm)].map(([fence]) => fence.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}
