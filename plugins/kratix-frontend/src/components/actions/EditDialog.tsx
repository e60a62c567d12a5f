import { useState } from 'react';
import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader, Flex, TextAreaField } from '@backstage/ui';
import type { RequestState } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Problem } from '../../apis/problem';
import { specToText, textToSpec, type SpecReading } from '../../model/specText';
import { useWords } from '../useWords';
import styles from './EditDialog.module.css';

interface EditDialogProps {
  request: RequestState;
  onClose: () => void;
  /** Answers why the server refused it, if it did. */
  onSave: (spec: Record<string, unknown>, generation: number) => Promise<Problem | undefined>;
}

/** The spec of a request as text. It stays as it was opened: what others change meanwhile, the server notices. */
export function EditDialog({ request, onClose, onSave }: EditDialogProps) {
  const { t } = useWords();
  const [begun] = useState({ text: specToText(request.spec), generation: request.generation ?? 0 });
  const [text, setText] = useState(begun.text);
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const reading = textToSpec(text);
  const apply = async () => {
    if (!reading.spec) return;
    setPending(true);
    const refusal = await onSave(reading.spec, begun.generation);
    setPending(false);
    if (refusal) setProblem(t('actions.editRefused', { words: refusal.words }));
    else onClose();
  };
  const hint = problem ?? (reading.error && wordsOf(reading));
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width="min(42rem, 100%)">
      <DialogHeader>{t('actions.editTitle', { name: request.name })}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          <TextAreaField
            label={t('actions.editLabel')}
            value={text}
            rows={14}
            spellCheck="false"
            className={styles.yaml}
            onChange={next => {
              setText(next);
              setProblem(undefined);
            }}
          />
          {hint && <Alert role="alert" status="danger" icon title={hint} />}
        </Flex>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose}>
          {t('actions.cancel')}
        </Button>
        <Button isDisabled={!reading.spec || text === begun.text} isPending={isPending} onPress={apply}>
          {t('actions.editApply')}
        </Button>
      </DialogFooter>
    </Dialog>
  );

  function wordsOf(wrong: SpecReading): string | undefined {
    if (wrong.error === 'notYaml') return t('actions.editNotYaml', { words: wrong.words });
    return wrong.error && t('actions.editNotObject');
  }
}
