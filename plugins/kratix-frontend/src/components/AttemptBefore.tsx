import { errorTailOf, tailOf, type Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { useWords } from './useWords';

/** How the attempt before the one that is under way ended, with its last words; nothing where there was none. */
export function AttemptBefore({ step }: { step: Step }) {
  const { t } = useWords();
  const { attempt, before } = step;
  if (!before) return null;
  const { name: container, helper, exitCode, message, reason = 'Error' } = before;
  const values = { n: String(attempt - 1), container, tail: helper ? errorTailOf(message) : tailOf(message) };
  return (
    <bdi>
      {exitCode === undefined || reason !== 'Error'
        ? t('pipelines.failedBefore', { ...values, reason })
        : t('pipelines.exitedBefore', { ...values, code: String(exitCode) })}
    </bdi>
  );
}
