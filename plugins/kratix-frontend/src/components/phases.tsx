import {
  RiAlertFill,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiCloudOffLine,
  RiDeleteBinLine,
  RiEditCircleFill,
  RiHourglassLine,
  RiLoader4Line,
  RiMapPinLine,
  RiPauseCircleFill,
  RiRestartLine,
  RiSendPlaneFill,
  RiSkipForwardLine,
  RiTimeLine,
  RiCircleLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import type { ContainerState, DestinationState, Phase, StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
import styles from './phases.module.css';

/** What colour says; the icon and the word say it too. */
export type Tone = 'positive' | 'negative' | 'warning' | 'active' | 'neutral';

interface Look {
  icon: RemixiconComponentType;
  tone: Tone;
  spins?: boolean;
}

const ofPhase: Record<Phase, Look> = {
  Waiting: { icon: RiHourglassLine, tone: 'neutral' },
  Queued: { icon: RiTimeLine, tone: 'active' },
  Running: { icon: RiLoader4Line, tone: 'active', spins: true },
  PausedByStep: { icon: RiPauseCircleFill, tone: 'warning' },
  Retrying: { icon: RiRestartLine, tone: 'warning' },
  Delivering: { icon: RiSendPlaneFill, tone: 'active' },
  Ready: { icon: RiCheckboxCircleFill, tone: 'positive' },
  Degraded: { icon: RiAlertFill, tone: 'warning' },
  Drifted: { icon: RiEditCircleFill, tone: 'warning' },
  NotPlaced: { icon: RiMapPinLine, tone: 'warning' },
  Failed: { icon: RiCloseCircleFill, tone: 'negative' },
  Paused: { icon: RiPauseCircleFill, tone: 'neutral' },
  Deleting: { icon: RiDeleteBinLine, tone: 'neutral' },
  Unknown: { icon: RiCloudOffLine, tone: 'neutral' },
};

const ofStep: Record<StepPhase, Look> = {
  Pending: { icon: RiCircleLine, tone: 'neutral' },
  Running: { icon: RiLoader4Line, tone: 'active', spins: true },
  Succeeded: { icon: RiCheckboxCircleFill, tone: 'positive' },
  Failed: { icon: RiCloseCircleFill, tone: 'negative' },
  Suspended: { icon: RiPauseCircleFill, tone: 'warning' },
  Skipped: { icon: RiSkipForwardLine, tone: 'neutral' },
};

const ofContainer: Record<ContainerState['phase'], Look> = {
  Waiting: ofStep.Pending,
  Running: ofStep.Running,
  Succeeded: ofStep.Succeeded,
  Failed: ofStep.Failed,
};

const ofDestination: Record<DestinationState['phase'], Look> = {
  Pending: ofPhase.Queued,
  Delivered: ofPhase.Ready,
  Failed: ofPhase.Failed,
  Misplaced: ofPhase.NotPlaced,
};

export function toneOf(phase: Phase): Tone {
  return ofPhase[phase].tone;
}

function Icon({ look, size }: { look: Look; size: number }) {
  const { icon: Glyph, tone, spins } = look;
  return <Glyph size={size} aria-hidden className={`${styles.icon} ${styles[tone]} ${spins ? styles.spins : ''}`} />;
}

export function PhaseIcon({ phase, size = 20 }: { phase: Phase; size?: number }) {
  return <Icon look={ofPhase[phase]} size={size} />;
}

export function StepIcon({ phase, size = 16 }: { phase: StepPhase; size?: number }) {
  return <Icon look={ofStep[phase]} size={size} />;
}

export function ContainerIcon({ phase, size = 16 }: { phase: ContainerState['phase']; size?: number }) {
  return <Icon look={ofContainer[phase]} size={size} />;
}

export function DestinationIcon({ phase, size = 16 }: { phase: DestinationState['phase']; size?: number }) {
  return <Icon look={ofDestination[phase]} size={size} />;
}
