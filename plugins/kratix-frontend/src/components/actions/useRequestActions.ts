import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveUse } from '../../live/useLiveRequest';
import type { RequestAction } from '../../model/optimistic';
import { useWords } from '../useWords';

/** Changes a request. What goes well shows in its state; what is refused, in a toast too. */
export function useRequestActions(request: RequestSummary, live: LiveUse['live']) {
  const toasts = useApi(toastApiRef);
  const { t } = useWords();
  const { name } = request;

  /** Answers true when the server took it. */
  const perform = async (action: RequestAction): Promise<boolean> => {
    const problem = await live.perform(action);
    if (problem) toasts.post({ title: t('actions.refused', { name, words: problem.words }), status: 'danger', timeout: 15_000 });
    return problem === undefined;
  };

  return { perform };
}
