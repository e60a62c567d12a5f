import { phases } from '@kratix-ts/backstage-plugin-kratix-common';
import type { GraphNode, NodeState } from '../../model/deliveryGraph';
import { useFormats, useWords } from '../useWords';

const HEALTH = ['ready', 'healthy', 'degraded', 'unhealthy', 'unknown'] as const;

/** What stands in a node: its name, and below it how it is. */
export function useNodeWords(): (node: GraphNode) => { title: string; note: string } {
  const { t } = useWords();
  const { size } = useFormats();
  return node => {
    const { kind, name, files = 0, folded, changed } = node;
    if (folded) {
      const note = folded.troubled > 0 ? t('delivery.troubled', { count: folded.troubled }) : stateWord(node.state);
      return { title: t(`delivery.many.${kind}`, { count: folded.count }), note };
    }
    const count = files > 0 ? t('delivery.files', { count: files }) : t('delivery.noFiles');
    switch (kind) {
      case 'request':
        return { title: name, note: phaseWord(node) };
      case 'step':
        return { title: name, note: [phaseWord(node), files > 0 && count].filter(Boolean).join(' · ') };
      case 'bundle':
        return { title: name, note: node.size ? `${count} · ${size(node.size)}` : count };
      case 'destination':
        return { title: name, note: changed === undefined ? `${phaseWord(node)} · ${count}` : driftWord(changed) };
      default:
        return { title: healthWord(node.phase), note: name };
    }
  };

  function stateWord(state: NodeState): string {
    return state === 'good' ? t('delivery.allWell') : t('delivery.underWay');
  }

  function driftWord(changed: number): string {
    return changed > 0 ? t('delivery.changedFiles', { count: changed }) : t('delivery.changed');
  }

  function phaseWord({ kind, phase }: GraphNode): string {
    if (kind === 'request') {
      const known = phases.find(candidate => candidate === phase);
      return known ? t(`phase.${known}`) : '';
    }
    if (kind === 'step') {
      const known = (['Pending', 'Running', 'Succeeded', 'Failed', 'Suspended', 'Skipped'] as const).find(candidate => candidate === phase);
      return known ? t(`stepPhase.${known}`) : '';
    }
    const known = (['Pending', 'Delivered', 'Failed', 'Misplaced'] as const).find(candidate => candidate === phase);
    return known ? t(`delivery.${known}`) : '';
  }

  function healthWord(state: string | undefined): string {
    const known = HEALTH.find(candidate => candidate === state);
    return known ? t(`delivery.health.${known}`) : state ?? '';
  }
}
