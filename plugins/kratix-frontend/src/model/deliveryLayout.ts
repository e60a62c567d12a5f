import { MOST_OF_A_KIND, type DeliveryGraph } from './deliveryGraph';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface DeliveryLayout {
  width: number;
  height: number;
  boxes: Map<string, Box>;
  /** Lines between boxes, as an SVG path each. */
  lines: { from: string; to: string; path: string }[];
}

const WIDTH = 192;
/** Five columns fit so beside the sidebar on a screen of 1280 pixels. */
const NARROW_WIDTH = 164;
const BETWEEN_COLUMNS = 36;
const NORMAL = { height: 56, gap: 12 };
/** Where a column was opened that holds very many. */
const COMPACT = { height: 36, gap: 6 };
/** A short column beside a long one stays in reach of the top. */
const LOWEST_START = 160;

/** Places for the nodes: a column of each kind from left to right, each in the middle of the height. In pixels. */
export function layoutOf({ columns, edges }: DeliveryGraph): DeliveryLayout {
  const measured = columns.map(({ nodes }) => {
    const size = nodes.length > MOST_OF_A_KIND ? COMPACT : NORMAL;
    return { nodes, size, height: nodes.length * (size.height + size.gap) - size.gap };
  });
  const width = columns.length > 4 ? NARROW_WIDTH : WIDTH;
  const height = Math.max(NORMAL.height, ...measured.map(column => column.height));
  const boxes = new Map<string, Box>();
  measured.forEach(({ nodes, size, height: own }, column) => {
    const top = Math.min((height - own) / 2, LOWEST_START);
    nodes.forEach(({ id }, row) => {
      const y = top + row * (size.height + size.gap);
      boxes.set(id, { x: column * (width + BETWEEN_COLUMNS), y, width, height: size.height });
    });
  });
  const lines = edges.flatMap(({ from, to }) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    return a && b ? [{ from, to, path: pathBetween(a, b) }] : [];
  });
  return { width: Math.max(1, columns.length) * (width + BETWEEN_COLUMNS) - BETWEEN_COLUMNS, height, boxes, lines };
}

function pathBetween(a: Box, b: Box): string {
  const [x1, y1] = [a.x + a.width, a.y + a.height / 2];
  const [x2, y2] = [b.x, b.y + b.height / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}
