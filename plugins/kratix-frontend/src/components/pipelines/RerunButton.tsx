import { Button, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { RiArrowDownSLine } from '@remixicon/react';
import type { RequestDetail, Run } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveUse } from '../../live/useLiveRequest';
import { currentRun } from '../../model/runs';
import { useRequestActions } from '../actions/useRequestActions';
import { useWords } from '../useWords';

interface RerunButtonProps {
  state: RequestDetail;
  run: Run;
  live: LiveUse['live'];
}

/** Runs the request again: from its first step, or from one that the newest run has reached. Gone where it may not be. */
export function RerunButton({ state, run, live }: RerunButtonProps) {
  const { t } = useWords();
  const { perform } = useRequestActions(state, live);
  if (!state.abilities.update || state.summary.phase === 'Deleting' || run !== currentRun(state)) return null;
  const reached = run.steps.filter((step, index) => index > 0 && step.phase !== 'Pending');
  return (
    <MenuTrigger>
      <Button size="small" variant="secondary" iconEnd={<RiArrowDownSLine aria-hidden />}>
        {t('actions.rerun')}
      </Button>
      <Menu>
        <MenuItem onAction={() => perform({ do: 'rerun' })}>{t('pipelines.fromStart')}</MenuItem>
        {reached.map(({ name, phase }) => (
          <MenuItem key={name} onAction={() => perform(phase === 'Failed' ? { do: 'retry', step: name } : { do: 'rerun', from: name })}>
            {t('pipelines.fromStep', { step: name })}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
