import { parseTime, type ContainerState, type EventSummary, type Run, type Step, type StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';

/** A stretch of a bar, in milliseconds after the run's beginning. */
export interface Segment {
  kind: 'wait' | 'run';
  from: number;
  to: number;
  /** What it waited for, where that is known: a node, its image, or else the kubelet. */
  waitsFor?: Wait;
}

export type Wait = 'node' | 'image' | 'kubelet';

export interface ContainerRow {
  container: ContainerState;
  segments: Segment[];
  /** Milliseconds that it ran; undefined before it starts. */
  duration?: number;
}

export interface StepRow {
  step: Step;
  /** The step as a whole, waiting included. */
  segments: Segment[];
  duration?: number;
  containers: ContainerRow[];
}

export interface Timeline {
  rows: StepRow[];
  /** Length of the whole picture in milliseconds, at least one second. */
  span: number;
  /** Where to draw lines, in milliseconds. */
  ticks: number[];
}

const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400].map(s => s * 1000);
const MOST_TICKS = 5;

/**
 * A run as a picture: for each container when it ran and, drawn apart, how long it waited before (for a node, for its
 * image, for the kubelet). `now` closes what has not ended.
 */
export function timelineOf(run: Run, now: number, events: EventSummary[] = []): Timeline {
  const starts = run.steps.flatMap(step => [step.startedAt, ...step.containers.map(c => c.startedAt)]).map(parseTime);
  const begin = Math.min(...[parseTime(run.startedAt), ...starts].filter(isThere));
  const origin = Number.isFinite(begin) ? begin : now;
  const rows = run.steps.map(step => explained(stepRow(step, origin, now), waitsOf(step, events), origin));
  const ends = rows.flatMap(row => [...row.segments, ...row.containers.flatMap(c => c.segments)]).map(s => s.to);
  const span = Math.max(1000, ...ends);
  return { rows, span, ticks: ticksOf(span) };
}

/** True while something in the run still moves, so that its picture needs a clock. */
export function isMoving(phase: StepPhase): boolean {
  return phase === 'Running' || phase === 'Pending';
}

/** Spans of time, in milliseconds, in which a step's pod is known to have waited for something. */
interface KnownWait {
  waitsFor: Wait;
  from: number;
  to: number;
}

/** From what the cluster said of the pod: until it had a node, and while an image was pulled. */
function waitsOf(step: Step, events: EventSummary[]): KnownWait[] {
  const own = events
    .filter(({ about }) => about.name === step.pod?.name || about.name.includes(step.name))
    .map(({ reason, firstAt, lastAt }) => ({ reason, at: parseTime(lastAt ?? firstAt) }))
    .filter((event): event is { reason: string; at: number } => event.at !== undefined)
    .sort((a, b) => a.at - b.at);
  const begin = parseTime(step.startedAt);
  const scheduled = own.find(({ reason }) => reason === 'Scheduled');
  const waits: KnownWait[] = begin !== undefined && scheduled && scheduled.at > begin ? [{ waitsFor: 'node', from: begin, to: scheduled.at }] : [];
  own.forEach(({ reason, at }, index) => {
    if (reason !== 'Pulling') return;
    const end = own.slice(index + 1).find(later => later.reason === 'Pulled' || later.reason === 'Failed');
    waits.push({ waitsFor: 'image', from: at, to: end?.at ?? Infinity });
  });
  return waits;
}

function explained(row: StepRow, waits: KnownWait[], origin: number): StepRow {
  const containers = row.containers.map(child => ({
    ...child,
    segments: child.segments.flatMap(part => (part.kind === 'wait' ? split(part, waits, origin, child.container) : [part])),
  }));
  return { ...row, containers };
}

/** A wait in pieces, each with what it was for. */
function split(part: Segment, waits: KnownWait[], origin: number, { reason = '' }: ContainerState): Segment[] {
  const known = waits.map(wait => ({ ...wait, from: wait.from - origin, to: wait.to - origin }));
  const cuts = known.flatMap(({ from, to }) => [from, to]).filter(cut => cut > part.from && cut < part.to);
  const places = [part.from, ...cuts.sort((a, b) => a - b), part.to];
  const isPulling = /Pull|Image/.test(reason);
  const pieces = places.slice(1).map((to, index): Segment => {
    const from = places[index];
    const wait = known.find(candidate => candidate.from <= from && candidate.to >= to);
    return { kind: 'wait', from, to, waitsFor: wait?.waitsFor ?? (isPulling ? 'image' : 'kubelet') };
  });
  return pieces.filter((piece, index) => piece.to > piece.from || index === 0);
}

/** How long a container waited, in milliseconds, by what it waited for. */
export function waitsIn(segments: Segment[]): { waitsFor: Wait; duration: number }[] {
  const sums = new Map<Wait, number>();
  for (const { kind, waitsFor, from, to } of segments) {
    if (kind === 'wait' && waitsFor) sums.set(waitsFor, (sums.get(waitsFor) ?? 0) + to - from);
  }
  return [...sums].map(([waitsFor, duration]) => ({ waitsFor, duration }));
}

function stepRow(step: Step, origin: number, now: number): StepRow {
  const begin = parseTime(step.startedAt) ?? firstStart(step);
  if (begin === undefined) return { step, segments: [], containers: step.containers.map(c => ({ container: c, segments: [] })) };
  const end = parseTime(step.finishedAt) ?? (step.phase === 'Running' ? Math.max(now, begin) : lastEnd(step) ?? begin);
  let free = begin;
  let hasOpenWait = false;
  const containers = step.containers.map(container => {
    const from = parseTime(container.startedAt);
    if (from === undefined) {
      // Only the next container in line waits; those behind it have not begun to.
      const isNext = !hasOpenWait && step.phase === 'Running' && container.phase === 'Waiting';
      hasOpenWait = hasOpenWait || isNext;
      return { container, segments: isNext && end > free ? [segment('wait', free, end, origin)] : [] };
    }
    const to = Math.max(from, parseTime(container.finishedAt) ?? (container.phase === 'Running' ? now : end));
    const waited = from > free ? [segment('wait', free, from, origin)] : [];
    free = Math.max(free, to);
    hasOpenWait = hasOpenWait || container.phase === 'Running';
    return { container, segments: [...waited, segment('run', from, to, origin)], duration: to - from };
  });
  const kind = containers.some(c => c.duration !== undefined) || containers.length === 0 ? 'run' : 'wait';
  return { step, segments: [segment(kind, begin, end, origin)], duration: end - begin, containers };
}

function segment(kind: Segment['kind'], from: number, to: number, origin: number): Segment {
  return { kind, from: from - origin, to: Math.max(from, to) - origin };
}

function firstStart(step: Step): number | undefined {
  const starts = step.containers.map(container => parseTime(container.startedAt)).filter(isThere);
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

function lastEnd(step: Step): number | undefined {
  const ends = step.containers.map(container => parseTime(container.finishedAt)).filter(isThere);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

function ticksOf(span: number): number[] {
  const distance = TICKS.find(candidate => span / candidate <= MOST_TICKS) ?? TICKS[TICKS.length - 1];
  const count = Math.min(Math.floor(span / distance), MOST_TICKS);
  return Array.from({ length: count + 1 }, (_, i) => i * distance);
}

/** How much of the axis one character takes, where the axis is short. */
const CHARACTER = 0.024;

/** Whether a label that began at its tick would not end within the picture. */
export function reachesEnd(tick: number, span: number, label: string): boolean {
  return tick / span + label.length * CHARACTER > 1;
}

/** The ticks whose labels fit: the last one stands left of its line, where it could meet the one before. */
export function labelledTicks({ ticks, span }: Timeline, label: (tick: number) => string): number[] {
  const [before = 0, last = 0] = ticks.slice(-2);
  const isAtEnd = reachesEnd(last, span, label(last));
  const room = (last - before) / span;
  const collides = isAtEnd && (label(before).length + label(last).length) * CHARACTER > room;
  return collides ? ticks.slice(0, -1) : ticks;
}

function isThere(value: number | undefined): value is number {
  return value !== undefined;
}
