import { useState } from 'react';
import { Button, Dialog, DialogBody, DialogFooter, DialogHeader, Radio, RadioGroup, Text } from '@backstage/ui';
import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { PromiseVersion, RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../../apis/KratixApi';
import { problemOf } from '../../apis/problem';
import { Legible } from '../Legible';
import { useWords } from '../useWords';
import { Changes } from './Versions';
import styles from './VersionDialog.module.css';

interface Props {
  request: RequestSummary;
  versions: PromiseVersion[];
  onClose(): void;
}

/** Moves a request to a version of its Promise, once it was seen what that changes. The newest one is followed, others are kept. */
export function VersionDialog({ request, versions, onClose }: Props) {
  const { t } = useWords();
  const change = useVersionChange(request);
  const [chosen, setChosen] = useState(versions.find(({ latest }) => latest)?.version ?? versions[0]?.version);
  const [isPending, setPending] = useState(false);
  const version = versions.find(candidate => candidate.version === chosen);
  const apply = async () => {
    if (!version) return;
    setPending(true);
    const isTaken = await change(version);
    setPending(false);
    if (isTaken) onClose();
  };
  const label = ({ version: name, latest }: PromiseVersion) => (latest ? t('platform.promise.changeNewest', { version: name }) : name);
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width="min(34rem, 100%)">
      <DialogHeader>{t('platform.promise.changeVersion', { name: request.name })}</DialogHeader>
      <DialogBody>
        {/* A dialog stands outside of what the page has made legible. */}
        <Legible>
          <div className={styles.body}>
            <RadioGroup label={t('platform.promise.changeTo')} value={chosen} onChange={setChosen}>
              {versions.map(candidate => (
                <Radio key={candidate.revision} value={candidate.version}>
                  {label(candidate)}
                </Radio>
              ))}
            </RadioGroup>
            {version?.changes && (
              <section>
                <h3 className={styles.title}>{t('platform.promise.changes')}</h3>
                <Changes changes={version.changes} />
              </section>
            )}
            <Text as="p" variant="body-small" color="secondary">
              {t('platform.promise.changeText')}
            </Text>
          </div>
        </Legible>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose}>
          {t('actions.cancel')}
        </Button>
        <Button variant="primary" isDisabled={!version} isPending={isPending} onPress={apply}>
          {t('platform.promise.changeApply')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

/** Answers true when the server took it; says in a toast how it went. */
function useVersionChange(request: RequestSummary): (version: PromiseVersion) => Promise<boolean> {
  const api = useApi(kratixApiRef);
  const toasts = useApi(toastApiRef);
  const { t } = useWords();
  const { name } = request;
  return async ({ version, latest }) => {
    try {
      await (latest ? api.upgrade(request) : api.pin(request, version));
      toasts.post({ title: t('platform.promise.changeDone', { name, version }), status: 'success', timeout: 5000 });
      return true;
    } catch (error) {
      toasts.post({ title: t('platform.promise.changeRefused', { name, words: problemOf(error).words }), status: 'danger' });
      return false;
    }
  };
}
