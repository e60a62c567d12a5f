import {
  RiAlertFill,
  RiCheckboxCircleFill,
  RiCircleLine,
  RiCloseCircleFill,
  RiTimeLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import type { NodeState } from '../../model/deliveryGraph';
import phases from '../phases.module.css';

const ICONS: Record<NodeState, [RemixiconComponentType, string]> = {
  good: [RiCheckboxCircleFill, phases.positive],
  bad: [RiCloseCircleFill, phases.negative],
  warning: [RiAlertFill, phases.warning],
  active: [RiTimeLine, phases.active],
  neutral: [RiCircleLine, phases.neutral],
};

/** The state of a node, as a sign beside its colour. */
export function NodeIcon({ state, size = 16 }: { state: NodeState; size?: number }) {
  const [Glyph, tone] = ICONS[state];
  return <Glyph size={size} aria-hidden className={`${phases.icon} ${tone}`} />;
}
