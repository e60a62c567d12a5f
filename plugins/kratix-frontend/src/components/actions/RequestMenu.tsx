import { useState, type ReactElement } from 'react';
import { ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import {
  RiArrowUpCircleLine,
  RiDeleteBinLine,
  RiEditLine,
  RiLockLine,
  RiMore2Line,
  RiPauseLine,
  RiPlayLine,
  RiRestartLine,
  RiSkipForwardLine,
} from '@remixicon/react';
import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveUse } from '../../live/useLiveRequest';
import type { RequestAction } from '../../model/optimistic';
import { primaryActionOf } from '../../model/primaryAction';
import { newerVersion } from '../../model/versions';
import { useRequestLinks } from '../useRequestLinks';
import { useWords } from '../useWords';
import { DeleteDialog } from './DeleteDialog';
import { useRequestActions } from './useRequestActions';

interface Entry {
  id: string;
  icon: ReactElement;
  label: string;
  onAction?: () => void;
  href?: string;
}

/**
 * What may be done with a request, but for the action that leads. Who may do nothing reads so in the place where the
 * actions would be.
 */
export function RequestMenu({ request, live }: { request: RequestDetail; live: LiveUse['live'] }) {
  const { t } = useWords();
  const { perform } = useRequestActions(request, live);
  const [isDeleting, setDeleting] = useState(false);
  const isGoing = request.summary.phase === 'Deleting';
  const entries = useEntries(request, perform);
  const mayRemove = request.abilities.delete && !isGoing;
  return (
    <>
      <MenuTrigger>
        <ButtonIcon size="small" variant="tertiary" icon={<RiMore2Line aria-hidden />} aria-label={t('actions.menu')} />
        <Menu>
          {entries.map(({ id, icon, label, ...what }) => (
            <MenuItem key={id} iconStart={icon} {...what}>
              {label}
            </MenuItem>
          ))}
          {mayRemove && (
            <MenuItem iconStart={<RiDeleteBinLine aria-hidden />} color="danger" onAction={() => setDeleting(true)}>
              {t('actions.delete')}
            </MenuItem>
          )}
          {entries.length === 0 && !mayRemove && (
            <MenuItem iconStart={<RiLockLine aria-hidden />} isDisabled>
              {isGoing ? t('phase.Deleting') : t('actions.readOnly')}
            </MenuItem>
          )}
        </Menu>
      </MenuTrigger>
      <DeleteDialog
        name={request.name}
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        onDelete={() => perform({ do: 'remove', uid: request.uid })}
      />
    </>
  );
}

function useEntries(request: RequestDetail, perform: (action: RequestAction) => void): Entry[] {
  const { t } = useWords();
  const { manage } = useRequestLinks();
  const { abilities, summary, paused } = request;
  if (!abilities.update || summary.phase === 'Deleting') return [];
  const primary = primaryActionOf(request)?.do;
  const version = newerVersion(request);
  const { step, phase } = summary;
  const canRetry = primary !== 'retry' && ['Failed', 'PausedByStep'].includes(phase) && step !== undefined;
  const canResume = primary !== 'resume' && phase === 'PausedByStep';
  const entries: (Entry | false | undefined)[] = [
    manage !== undefined && { id: 'edit', icon: <RiEditLine aria-hidden />, label: t('actions.edit'), href: manage },
    canResume && { id: 'resume', icon: <RiPlayLine aria-hidden />, label: t('actions.resume'), onAction: () => perform({ do: 'resume' }) },
    canRetry && {
      id: 'retry',
      icon: <RiSkipForwardLine aria-hidden />,
      label: t('actions.retryStep', { step }),
      onAction: () => perform({ do: 'retry', step }),
    },
    primary !== 'rerun' && { id: 'rerun', icon: <RiRestartLine aria-hidden />, label: t('actions.rerun'), onAction: () => perform({ do: 'rerun' }) },
    version !== undefined && {
      id: 'upgrade',
      icon: <RiArrowUpCircleLine aria-hidden />,
      label: t('actions.upgrade', { version }),
      onAction: () => perform({ do: 'upgrade' }),
    },
    !paused && { id: 'pause', icon: <RiPauseLine aria-hidden />, label: t('actions.pause'), onAction: () => perform({ do: 'pause' }) },
    paused?.by === 'request' && { id: 'unpause', icon: <RiPlayLine aria-hidden />, label: t('actions.unpause'), onAction: () => perform({ do: 'unpause' }) },
  ];
  return entries.filter((entry): entry is Entry => Boolean(entry));
}
