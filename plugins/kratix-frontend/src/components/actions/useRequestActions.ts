import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { problemOf, type Problem } from '../../apis/problem';
import type { LiveUse } from '../../live/useLiveRequest';
import type { RequestAction } from '../../model/optimistic';
import { useWords } from '../useWords';

/** Changes a request. What goes well shows in its state; what is refused, in a toast too. */
export function useRequestActions(request: RequestSummary, live: LiveUse['live']) {
  const api = useApi(kratixApiRef);
  const toasts = useApi(toastApiRef);
  const { t } = useWords();
  const { name } = request;

  /** Answers true when the server took it. */
  const perform = async (action: RequestAction): Promise<boolean> => {
    const problem = await live.perform(action);
    if (problem) toasts.post({ title: t('actions.refused', { name, words: problem.words }), status: 'danger' });
    return problem === undefined;
  };

  /** Answers why the server refused it, if it did. */
  const save = async (spec: Record<string, unknown>, generation: number): Promise<Problem | undefined> => {
    try {
      await api.update(request, { spec, generation });
      toasts.post({ title: t('actions.editDone', { name }), status: 'success', timeout: 5000 });
      return undefined;
    } catch (error) {
      return problemOf(error);
    } finally {
      live.refresh();
    }
  };

  return { perform, save };
}
