import type { ReactElement } from 'react';
import { Button, ButtonLink } from '@backstage/ui';
import {
  RiExternalLinkLine,
  RiGitPullRequestLine,
  RiLockLine,
  RiPlayLine,
  RiRestartLine,
  RiSendPlaneLine,
  RiStackLine,
  RiTerminalBoxLine,
} from '@remixicon/react';
import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveUse } from '../../live/useLiveRequest';
import type { RequestAction } from '../../model/optimistic';
import { isChange, primaryActionOf, type PrimaryAction } from '../../model/primaryAction';
import { useRequestLinks } from '../useRequestLinks';
import { useWords } from '../useWords';
import { useRequestActions } from './useRequestActions';
import styles from './PrimaryActionButton.module.css';

interface PrimaryActionProps {
  request: RequestDetail;
  live: LiveUse['live'];
  /** What was asked for and has not shown its effect yet. */
  pending?: RequestAction;
}

/** The one action that fits the state; or that the user may not do it. */
export function PrimaryActionButton({ request, live, pending }: PrimaryActionProps) {
  const { t } = useWords();
  const { perform } = useRequestActions(request, live);
  const action = primaryActionOf(request);
  if (!action) return null;
  if (!isChange(action)) return <LinkTo action={action} phase={request.summary.phase} cluster={request.cluster} />;
  if (!request.abilities.update) {
    return (
      <span className={styles.readOnly}>
        <RiLockLine size={16} aria-hidden />
        {t('actions.readOnly')}
      </span>
    );
  }
  const [change, label] = changeOf(action);
  return (
    <Button
      size="small"
      variant="primary"
      iconStart={change.do === 'resume' ? <RiPlayLine aria-hidden /> : <RiRestartLine aria-hidden />}
      isPending={pending !== undefined}
      onPress={() => perform(change)}
    >
      {t(label)}
    </Button>
  );
}

function changeOf(action: PrimaryAction): [RequestAction, 'actions.retryNow' | 'actions.retry' | 'actions.resume' | 'actions.rerun'] {
  if (action.do === 'retry') return [{ do: 'retry', step: action.step }, action.isWaiting ? 'actions.retryNow' : 'actions.retry'];
  return action.do === 'resume' ? [{ do: 'resume' }, 'actions.resume'] : [{ do: 'rerun' }, 'actions.rerun'];
}

function LinkTo({ action, phase, cluster }: { action: PrimaryAction; phase: RequestDetail['summary']['phase']; cluster: string }) {
  const { t } = useWords();
  const links = useRequestLinks();
  switch (action.do) {
    case 'log':
      return <Leading href={links.pipelines?.(action)} icon={<RiTerminalBoxLine aria-hidden />} label={t('status.viewLog')} />;
    case 'delivery':
      return <Leading href={links.delivery} icon={<RiSendPlaneLine aria-hidden />} label={t(deliveryLabel(phase))} />;
    case 'offer':
      return <Leading href={links.offer?.(cluster, action.promise)} icon={<RiStackLine aria-hidden />} label={t('actions.offer')} />;
    case 'pullRequest':
      return <Leading href={action.href} icon={<RiGitPullRequestLine aria-hidden />} label={t('actions.pullRequest')} isOutside />;
    case 'open':
      return <Leading href={action.href} icon={<RiExternalLinkLine aria-hidden />} label={t('actions.open', { name: action.name })} isOutside />;
    default:
      return null;
  }
}

function deliveryLabel(phase: RequestDetail['summary']['phase']) {
  if (phase === 'Degraded') return 'actions.health';
  return phase === 'Drifted' ? 'actions.difference' : 'actions.delivery';
}

function Leading({ href, icon, label, isOutside }: { href?: string; icon: ReactElement; label: string; isOutside?: boolean }) {
  // An app may have removed the tab or page.
  if (!href) return null;
  const outside = isOutside && { target: '_blank', rel: 'noopener noreferrer' };
  return (
    <ButtonLink href={href} size="small" variant="primary" iconStart={icon} {...outside}>
      {label}
    </ButtonLink>
  );
}
