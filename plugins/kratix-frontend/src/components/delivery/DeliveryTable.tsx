import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { deliveryGraph, KINDS, type GraphNode } from '../../model/deliveryGraph';
import { Hidden } from '../Hidden';
import { MiddleTruncate } from '../MiddleTruncate';
import { useWords } from '../useWords';
import { NodeIcon } from './NodeIcon';
import { useNodeWords } from './useNodeWords';
import styles from './DeliveryTable.module.css';

const ALL = new Set(KINDS);

interface DeliveryTableProps {
  state: RequestDetail;
  selected?: string;
  onSelect: (node: GraphNode) => void;
}

/** The same as the picture, in rows: for small screens, screen readers, and many destinations. */
export function DeliveryTable({ state, selected, onSelect }: DeliveryTableProps) {
  const { t } = useWords();
  const words = useNodeWords();
  const nodes = deliveryGraph(state, ALL).columns.flatMap(column => column.nodes);
  return (
    <table className={styles.table}>
      <caption>
        <Hidden>{t('delivery.title')}</Hidden>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t('delivery.what')}</th>
          <th scope="col">{t('delivery.name')}</th>
          <th scope="col">{t('delivery.state')}</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map(node => {
          const { title, note } = words(node);
          const isHealth = node.kind === 'health';
          return (
            <tr key={node.id} data-selected={node.id === selected || undefined}>
              <td>{t(`delivery.kind.${node.kind}`)}</td>
              <th scope="row">
                <button type="button" className={styles.button} aria-pressed={node.id === selected} onClick={() => onSelect(node)}>
                  <NodeIcon state={node.state} size={14} />
                  <MiddleTruncate text={(isHealth && node.name) || title} />
                </button>
              </th>
              <td>{isHealth ? title : note}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
