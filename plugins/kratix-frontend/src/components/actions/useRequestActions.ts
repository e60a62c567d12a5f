import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { problemOf } from '../../apis/problem';
import { useWords } from '../useWords';

/** Changes a request and says how it went. Answers true when the server took it. */
export function useRequestActions(request: RequestSummary, onChanged: (() => void) | undefined) {
  const api = useApi(kratixApiRef);
  const toasts = useApi(toastApiRef);
  const { t } = useWords();
  const { name } = request;

  const attempt = async (change: () => Promise<void>, done: string): Promise<boolean> => {
    try {
      await change();
      toasts.post({ title: done, status: 'success', timeout: 5000 });
      return true;
    } catch (error) {
      toasts.post({ title: t('actions.refused', { name, words: problemOf(error).words }), status: 'danger' });
      return false;
    } finally {
      onChanged?.();
    }
  };

  return {
    rerun: () => attempt(() => api.rerun(request), t('actions.rerunDone', { name })),
    remove: () => attempt(() => api.remove(request, request.uid), t('actions.deleteDone', { name })),
  };
}
