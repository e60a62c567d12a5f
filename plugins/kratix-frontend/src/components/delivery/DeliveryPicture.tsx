import { useMemo, type KeyboardEvent } from 'react';
import { RiArrowRightSLine } from '@remixicon/react';
import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { deliveryGraph, type GraphNode, type NodeKind } from '../../model/deliveryGraph';
import { layoutOf, type Box } from '../../model/deliveryLayout';
import { useNodeWords } from './useNodeWords';
import { useWords } from '../useWords';
import { NodeIcon } from './NodeIcon';
import styles from './DeliveryPicture.module.css';

interface DeliveryPictureProps {
  state: RequestDetail;
  opened: ReadonlySet<NodeKind>;
  selected?: string;
  onSelect: (node: GraphNode) => void;
}

/** The way of the files as a picture: a column of each kind, left to right. Arrow keys go from node to node. */
export function DeliveryPicture({ state, opened, selected, onSelect }: DeliveryPictureProps) {
  const { t } = useWords();
  const { graph, layout } = useMemo(() => {
    const drawn = deliveryGraph(state, opened);
    return { graph: drawn, layout: layoutOf(drawn) };
  }, [state, opened]);
  return (
    <div className={styles.frame}>
      <div className={styles.picture} style={{ width: layout.width }}>
        <div className={styles.heads} aria-hidden>
          {graph.columns.map(({ kind }, index) => (
            <span key={kind} className={styles.head} style={{ left: layout.boxes.get(graph.columns[index].nodes[0].id)?.x }}>
              {t(`delivery.kind.${kind}`)}
            </span>
          ))}
        </div>
        <div className={styles.canvas} style={{ height: layout.height }}>
          <svg className={styles.lines} width={layout.width} height={layout.height} aria-hidden>
            {layout.lines.map(({ from, to, path }) => (
              <path key={`${from}→${to}`} d={path} data-selected={selected === from || selected === to || undefined} />
            ))}
          </svg>
          {graph.columns.map(({ kind, nodes }) => (
            <ul key={kind} className={styles.column} aria-label={t(`delivery.kind.${kind}`)}>
              {nodes.map(node => (
                <NodeButton
                  key={node.id}
                  node={node}
                  box={layout.boxes.get(node.id)}
                  isSelected={node.id === selected}
                  onSelect={() => onSelect(node)}
                />
              ))}
            </ul>
          ))}
        </div>
      </div>
    </div>
  );
}

interface NodeButtonProps {
  node: GraphNode;
  box?: Box;
  isSelected: boolean;
  onSelect: () => void;
}

function NodeButton({ node, box, isSelected, onSelect }: NodeButtonProps) {
  const { title, note } = useNodeWords()(node);
  if (!box) return null;
  const { x, y, width, height } = box;
  return (
    <li className={styles.place} style={{ left: x, top: y, width, height }}>
      <button
        type="button"
        className={styles.node}
        data-state={node.state}
        aria-pressed={node.folded ? undefined : isSelected}
        aria-expanded={node.folded ? false : undefined}
        title={title}
        onClick={onSelect}
        onKeyDown={moveFocus}
      >
        <NodeIcon state={node.state} />
        <span className={styles.words}>
          <span className={styles.name}>
            <bdi>{title}</bdi>
          </span>
          <span className={styles.note}>{note}</span>
        </span>
        {node.folded && <RiArrowRightSLine size={16} aria-hidden className={styles.more} />}
      </button>
    </li>
  );
}

/** Up and down in a column, left and right to the nearest one of the column beside it. */
function moveFocus(event: KeyboardEvent<HTMLButtonElement>): void {
  const place = event.currentTarget.parentElement;
  const column = place?.parentElement;
  const targets: Record<string, Element | null | undefined> = {
    ArrowUp: place?.previousElementSibling,
    ArrowDown: place?.nextElementSibling,
    ArrowLeft: nearest(column?.previousElementSibling, place),
    ArrowRight: nearest(column?.nextElementSibling, place),
  };
  const button = targets[event.key]?.querySelector('button');
  if (!button) return;
  event.preventDefault();
  button.focus();
}

function nearest(column: Element | null | undefined, place: HTMLElement | null): Element | undefined {
  if (!(column instanceof HTMLUListElement) || !place) return undefined;
  const distance = (element: Element) => (element instanceof HTMLElement ? Math.abs(element.offsetTop - place.offsetTop) : Infinity);
  return [...column.children].sort((a, b) => distance(a) - distance(b))[0];
}
