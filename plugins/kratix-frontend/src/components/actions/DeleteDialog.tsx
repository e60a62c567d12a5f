import { useState } from 'react';
import { Button, Dialog, DialogBody, DialogFooter, DialogHeader, Flex, Text, TextField } from '@backstage/ui';
import { useWords } from '../useWords';
import { DangerButton } from './DangerButton';

interface DeleteDialogProps {
  name: string;
  isOpen: boolean;
  onClose: () => void;
  /** Answers true when the server took it. */
  onDelete: () => Promise<boolean>;
}

/** Asks for the request's name before it is deleted. */
export function DeleteDialog({ name, isOpen, onClose, onDelete }: DeleteDialogProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const [isPending, setPending] = useState(false);
  const close = () => {
    setTyped('');
    onClose();
  };
  const confirm = async () => {
    setPending(true);
    const isTaken = await onDelete();
    setPending(false);
    if (isTaken) close();
  };
  return (
    <Dialog isOpen={isOpen} onOpenChange={open => !open && close()} width="min(32rem, 100%)">
      <DialogHeader>{t('actions.deleteTitle', { name })}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          <Text as="p">{t('actions.deleteText')}</Text>
          <TextField
            // Of a dialog that asks one thing, the field is where its reader begins.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            label={t('actions.deleteConfirm', { name })}
            value={typed}
            onChange={setTyped}
            onKeyDown={({ key }) => key === 'Enter' && typed === name && !isPending && confirm()}
            autoComplete="off"
          />
        </Flex>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          {t('actions.cancel')}
        </Button>
        <DangerButton isDisabled={typed !== name} isPending={isPending} onPress={confirm}>
          {t('actions.deleteButton')}
        </DangerButton>
      </DialogFooter>
    </Dialog>
  );
}
