import type { DestinationState, Phase, RequestDetail, StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
import { currentRun } from './runs';

export const KINDS = ['request', 'step', 'bundle', 'destination', 'health'] as const;
export type NodeKind = (typeof KINDS)[number];
/** What the colour of a node says. */
export type NodeState = 'good' | 'bad' | 'warning' | 'active' | 'neutral';

export interface GraphNode {
  /** `<kind>:<name>`. */
  id: string;
  kind: NodeKind;
  /** Name of what it stands for; empty where it stands for many. */
  name: string;
  state: NodeState;
  /** Files that go through it. */
  files?: number;
  /** Bytes of them. */
  size?: number;
  /** Key of its state's word. */
  phase?: Phase | StepPhase | DestinationState['phase'] | string;
  /** Set where files there were changed by hand: how many of those that were delivered. */
  changed?: number;
  /** Set where it stands for many: how many there are, and how many of them are not well. */
  folded?: { count: number; troubled: number };
}

export interface DeliveryGraph {
  columns: { kind: NodeKind; nodes: GraphNode[] }[];
  edges: { from: string; to: string }[];
}

/** More of a kind are folded into one node. */
export const MOST_OF_A_KIND = 20;

/** The way of a request's files from left to right. A kind in `opened` is drawn in full, however many there are. */
export function deliveryGraph(state: RequestDetail, opened: ReadonlySet<NodeKind>): DeliveryGraph {
  const columns = [
    { kind: 'request' as const, nodes: [requestNode(state)] },
    { kind: 'step' as const, nodes: stepNodes(state) },
    { kind: 'bundle' as const, nodes: bundleNodes(state) },
    { kind: 'destination' as const, nodes: destinationNodes(state) },
    { kind: 'health' as const, nodes: healthNodes(state) },
  ].filter(({ nodes }) => nodes.length > 0);
  const aliases = new Map<string, string>();
  const folded = columns.map(({ kind, nodes }) => {
    if (nodes.length <= MOST_OF_A_KIND || opened.has(kind)) return { kind, nodes };
    const node = foldedNode(kind, nodes);
    nodes.forEach(({ id }) => aliases.set(id, node.id));
    return { kind, nodes: [node] };
  });
  const there = new Set(folded.flatMap(({ nodes }) => nodes.map(node => node.id)));
  const edges = new Map<string, { from: string; to: string }>();
  for (const edge of edgesOf(state)) {
    const from = aliases.get(edge.from) ?? edge.from;
    const to = aliases.get(edge.to) ?? edge.to;
    if (there.has(from) && there.has(to)) edges.set(`${from}→${to}`, { from, to });
  }
  return { columns: folded, edges: [...edges.values()] };
}

/** What a reader who comes to the picture wants to see first: what is not as it should be. */
export function firstToShow(state: RequestDetail): string | undefined {
  const unwell = state.delivery.health.findIndex(({ state: health }) => stateOfHealth(health) === 'bad' || stateOfHealth(health) === 'warning');
  const nodes = destinationNodes(state);
  const troubled = nodes.find(node => node.state === 'bad') ?? nodes.find(node => node.state === 'warning');
  if (troubled) return troubled.id;
  return unwell >= 0 ? healthId(state, unwell) : nodes[0]?.id;
}

/** The health record of a node's id. */
export function healthOfNode(state: RequestDetail, id: string) {
  return state.delivery.health.find((_, index) => healthId(state, index) === id);
}

function requestNode({ name, summary, destinations }: RequestDetail): GraphNode {
  const bad: Phase[] = ['Failed'];
  const active: Phase[] = ['Running', 'Queued', 'Delivering', 'Deleting'];
  const warning: Phase[] = ['Degraded', 'Drifted', 'NotPlaced', 'Retrying', 'PausedByStep'];
  let state: NodeState = summary.phase === 'Ready' ? 'good' : 'neutral';
  if (bad.includes(summary.phase)) state = 'bad';
  if (active.includes(summary.phase)) state = 'active';
  if (warning.includes(summary.phase)) state = 'warning';
  const files = destinations.reduce((sum, destination) => sum + destination.files.length, 0);
  return { id: 'request:', kind: 'request', name, state, phase: summary.phase, ...(files > 0 && { files }) };
}

const OF_STEP: Record<StepPhase, NodeState> = {
  Pending: 'neutral', Running: 'active', Succeeded: 'good', Failed: 'bad', Suspended: 'warning', Skipped: 'neutral',
};

function stepNodes(state: RequestDetail): GraphNode[] {
  const steps = currentRun(state)?.steps ?? [];
  const others = state.delivery.bundles.map(({ step }) => step).filter(name => !steps.some(step => step.name === name));
  return [
    ...steps.map(({ name, phase }): GraphNode => ({ id: `step:${name}`, kind: 'step', name, state: OF_STEP[phase], phase, ...filesOfStep(state, name) })),
    ...[...new Set(others)].map((name): GraphNode => ({ id: `step:${name}`, kind: 'step', name, state: 'neutral', ...filesOfStep(state, name) })),
  ];
}

function filesOfStep({ delivery }: RequestDetail, step: string): { files?: number } {
  const files = delivery.bundles.filter(bundle => bundle.step === step).reduce((sum, bundle) => sum + bundle.files, 0);
  return files > 0 ? { files } : {};
}

/** In the order of their steps, so that the lines between them do not cross. */
function bundleNodes(state: RequestDetail): GraphNode[] {
  const order = stepNodes(state).map(({ name }) => name);
  const bundles = [...state.delivery.bundles].sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
  return bundles.map(bundle => ({
    id: bundleId(bundle),
    kind: 'bundle',
    name: bundle.directory && bundle.directory !== '.' ? bundle.directory : bundle.step,
    state: bundle.destinations.length > 0 ? 'good' : 'warning',
    files: bundle.files,
    size: bundle.size,
  }));
}

const OF_DESTINATION: Record<DestinationState['phase'], NodeState> = {
  Pending: 'active', Delivered: 'good', Failed: 'bad', Misplaced: 'warning',
};

function destinationNodes({ destinations }: RequestDetail): GraphNode[] {
  return destinations.map(({ name, phase, files, drift }) => {
    const changed = files.filter(file => file.changed).length;
    const isDrifted = drift !== undefined || changed > 0;
    const state = isDrifted && phase === 'Delivered' ? 'warning' : OF_DESTINATION[phase];
    return { id: `destination:${name}`, kind: 'destination', name, state, phase, files: files.length, ...(isDrifted && { changed }) };
  });
}

function healthNodes(state: RequestDetail): GraphNode[] {
  return state.delivery.health.map((health, index) => ({
    id: healthId(state, index),
    kind: 'health',
    name: health.destination || (health.record ?? ''),
    state: stateOfHealth(health.state),
    phase: health.state,
  }));
}

export function stateOfHealth(health: string): NodeState {
  if (health === 'healthy' || health === 'ready') return 'good';
  if (health === 'unhealthy') return 'bad';
  return health === 'degraded' ? 'warning' : 'neutral';
}

function healthId({ delivery }: RequestDetail, index: number): string {
  const { destination, record = '' } = delivery.health[index];
  return `health:${destination}/${record}`;
}

function bundleId({ work, group }: { work: string; group: string }): string {
  return `bundle:${work}/${group}`;
}

function foldedNode(kind: NodeKind, nodes: GraphNode[]): GraphNode {
  const states: NodeState[] = ['bad', 'warning', 'active', 'neutral', 'good'];
  const state = states.find(candidate => nodes.some(node => node.state === candidate)) ?? 'neutral';
  const troubled = nodes.filter(node => node.state === 'bad' || node.state === 'warning').length;
  return { id: `${kind}:*`, kind, name: '', state, folded: { count: nodes.length, troubled } };
}

function edgesOf(state: RequestDetail): { from: string; to: string }[] {
  const { delivery, destinations } = state;
  const steps = stepNodes(state).map(({ id }) => ({ from: 'request:', to: id }));
  const bundles = delivery.bundles.flatMap(bundle => [
    { from: `step:${bundle.step}`, to: bundleId(bundle) },
    ...bundle.destinations.map(name => ({ from: bundleId(bundle), to: `destination:${name}` })),
  ]);
  // Another engine's cluster may keep nothing between a step and its destinations.
  const direct = delivery.bundles.length > 0 ? [] : destinations.flatMap(({ name, files }) =>
    [...new Set(files.map(file => file.step))].map(step => ({ from: `step:${step}`, to: `destination:${name}` })),
  );
  const health = delivery.health.map(({ destination }, index) => ({ from: `destination:${destination}`, to: healthId(state, index) }));
  return [...steps, ...bundles, ...direct, ...health];
}
