import { manyDestinations, aDelivery } from '../fixtures/delivery';
import { aRequest } from '../fixtures/requests';
import { deliveryGraph, firstToShow, type NodeKind } from './deliveryGraph';
import { layoutOf } from './deliveryLayout';

const none: ReadonlySet<NodeKind> = new Set();
const inShort = (name: Parameters<typeof aRequest>[0]) => {
  const { columns, edges } = deliveryGraph(aRequest(name), none);
  return { columns: columns.map(({ kind, nodes }) => `${kind}: ${nodes.map(node => `${node.name} ${node.state}`).join(', ')}`), edges: edges.length };
};

describe('deliveryGraph', () => {
  it('goes from the request over steps and bundles to destinations and their health', () => {
    expect(inShort('degraded')).toEqual({
      columns: [
        'request: shop-staging warning',
        'step: validate good, schedule-database good, announce good',
        'bundle: validate good, schedule-database good',
        'destination: eu-1 good, eu-2 good',
        'health: eu-1 good, eu-2 warning',
      ],
      edges: 3 + 2 + 4 + 2,
    });
  });

  it.each<[number, object]>([
    [1, [{ name: 'eu-001' }]],
    [20, { length: 20 }],
    [100, [{ name: '', state: 'bad', folded: { count: 100, troubled: 6 } }]],
  ])('folds what is too much: %d destinations', (count, shown) => {
    const destinations = manyDestinations(count);
    const state = { ...aRequest('ready'), destinations, delivery: aDelivery(destinations) };
    const nodesOf = (opened: ReadonlySet<NodeKind>) => deliveryGraph(state, opened).columns.find(({ kind }) => kind === 'destination')?.nodes;
    expect(nodesOf(none)).toMatchObject(shown);
    expect(nodesOf(new Set<NodeKind>(['destination']))).toHaveLength(count);
  });

  it('puts bundles in the order of their steps', () => {
    const state = aRequest('degraded');
    const turned = { ...state, delivery: { ...state.delivery, bundles: [...state.delivery.bundles].reverse() } };
    expect(deliveryGraph(turned, none).columns).toEqual(deliveryGraph(state, none).columns);
  });

  it('leaves out what there is nothing of', () => {
    expect(inShort('waiting').columns).toEqual(['request: shop-staging neutral']);
  });

  it('draws steps to destinations where nothing is known between them', () => {
    const state = { ...aRequest('ready'), delivery: { bundles: [], health: [], commits: [] } };
    expect(deliveryGraph(state, none).edges).toContainEqual({ from: 'step:validate', to: 'destination:eu-1' });
  });
});

describe('firstToShow', () => {
  it.each<[Parameters<typeof aRequest>[0], string | undefined]>([
    ['ready', 'destination:eu-1'],
    ['failedDelivery', 'destination:eu-2'],
    ['drifted', 'destination:eu-1'],
    ['degraded', 'health:eu-2/'],
    ['queued', undefined],
  ])('in state %s', (name, id) => expect(firstToShow(aRequest(name))).toBe(id));
});

describe('layoutOf', () => {
  it('gives every node a place of its own, and every line its ends', () => {
    const graph = deliveryGraph(aRequest('many'), new Set<NodeKind>(['destination']));
    const { boxes, lines, height } = layoutOf(graph);
    const places = [...boxes.values()].map(({ x, y }) => `${x},${y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(places).toHaveLength(graph.columns.flatMap(({ nodes }) => nodes).length);
    expect(lines).toHaveLength(graph.edges.length);
    expect(Math.max(...[...boxes.values()].map(box => box.y + box.height))).toBeLessThanOrEqual(height);
  });
});
