import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { problemOf, type Problem } from '../../apis/problem';
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

  const save = async (spec: Record<string, unknown>, generation: number): Promise<Problem | undefined> => {
    try {
      await api.update(request, { spec, generation });
      toasts.post({ title: t('actions.editDone', { name }), status: 'success', timeout: 5000 });
      return undefined;
    } catch (error) {
      return problemOf(error);
    } finally {
      onChanged?.();
    }
  };

  return {
    /** Answers why the server refused it, if it did. */
    save,
    rerun: () => attempt(() => api.rerun(request), t('actions.rerunDone', { name })),
    remove: () => attempt(() => api.remove(request, request.uid), t('actions.deleteDone', { name })),
  };
}
