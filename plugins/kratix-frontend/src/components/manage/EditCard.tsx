import { lazy, Suspense, useRef } from 'react';
import { SecretsContextProvider } from '@backstage/plugin-scaffolder-react';
import { Alert, Button, Card, CardBody, CardHeader, Skeleton, Text } from '@backstage/ui';
import { specSchemaOf, type JsonSchema, type PromiseDetail, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import type { LiveUse } from '../../live/useLiveRequest';
import { useWords } from '../useWords';
import { Changes } from './Changes';
import { ConflictChoice } from './ConflictChoice';
import { FilesPreview } from './FilesPreview';
import { useEdit } from './useEdit';
import styles from './Manage.module.css';

const SpecForm = lazy(() => import('./SpecForm'));

interface EditCardProps {
  request: RequestDetail;
  promise: PromiseDetail;
  live: LiveUse['live'];
}

/** What is asked for, in the form of the offer, beside what applying it would change. */
export function EditCard({ request, promise, live }: EditCardProps) {
  const { t } = useWords();
  const schema = specSchemaOf(promise.schema);
  return (
    <Card>
      <CardHeader>
        <Text as="h2" variant="title-x-small" weight="bold">
          {t('manage.edit')}
        </Text>
      </CardHeader>
      <CardBody>
        {schema ? (
          <SecretsContextProvider>
            <Editor request={request} promise={promise} live={live} schema={schema} />
          </SecretsContextProvider>
        ) : (
          <p className={styles.quiet}>{t('manage.nothingToEdit')}</p>
        )}
      </CardBody>
    </Card>
  );
}

function Editor({ request, promise, live, schema }: EditCardProps & { schema: JsonSchema }) {
  const { t } = useWords();
  const edit = useEdit(request, schema, live);
  const { changes, reading, check, conflict, isApplying, isBehind } = edit;
  const region = useRef<HTMLElement>(null);
  // The button cannot be pressed again and loses the focus; who uses the keyboard goes on where the outcome stands.
  const apply = async () => (await edit.apply()) && region.current?.focus();
  const canApply = changes.length > 0 && conflict === undefined && check?.accepted !== false;
  const hasEdit = changes.length > 0 || reading.problem !== undefined;
  return (
    <div className={styles.edit}>
      <Suspense fallback={<Skeleton width="100%" height={240} />}>
        <SpecForm schema={schema} values={edit.values} isDisabled={isApplying || conflict !== undefined} onChange={edit.change} />
      </Suspense>
      <div className={styles.side}>
        {conflict ? (
          <ConflictChoice conflict={conflict} schema={schema} onResolve={edit.resolve} />
        ) : (
          <>
            {isBehind && <Alert role="status" status="info" icon title={t('manage.behind')} />}
            <Changes edit={edit} schema={schema} region={region} />
          </>
        )}
        <div className={styles.buttons}>
          {/* In its light theme the kit draws a primary button that is off darker than one that is on. */}
          <Button
            variant={canApply ? 'primary' : 'secondary'}
            isDisabled={!canApply}
            isPending={isApplying}
            onPress={apply}
          >
            {t('actions.editApply')}
          </Button>
          <Button variant="secondary" isDisabled={!hasEdit && !conflict} onPress={edit.reset}>
            {t('manage.reset')}
          </Button>
        </div>
        {promise.canDryRun && <FilesPreview key={edit.generation} request={request} spec={changes.length > 0 ? reading.spec : undefined} />}
      </div>
    </div>
  );
}
