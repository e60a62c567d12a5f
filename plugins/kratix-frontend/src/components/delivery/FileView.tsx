import { useState } from 'react';
import { Alert, Link, Skeleton, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import type { DeliveredFile, FileContent, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { useFile } from '../../live/useFile';
import { Code } from '../Code';
import { CopyButton } from '../CopyButton';
import { Diff } from '../diff/Diff';
import { FileReason } from '../FileList';
import { useWords } from '../useWords';
import styles from './Delivery.module.css';

interface FileViewProps {
  identity: ResourceIdentity;
  file: DeliveredFile;
  destination?: string;
  /** Of the destination: another one means that the file may be another one too. */
  version?: string;
}

type View = 'content' | 'previous';

/** The content of one delivered file, and its differences. */
export function FileView({ identity, file, destination, version }: FileViewProps) {
  const { t } = useWords();
  const { value: content, problem } = useFile(identity, { path: file.path, destination, step: file.step }, version);
  const [chosen, setChosen] = useState<View>();
  if (problem) return <Alert role="alert" status="danger" icon title={t('delivery.fileFailed', { words: problem.words })} />;
  if (!content) return <Skeleton width="100%" height={96} />;
  const views = viewsOf(content);
  const view = views.find(candidate => candidate === chosen) ?? views[0];
  return (
    <>
      <FileReason reason={content.reason} />
      {views.length > 0 && (
        <div className={styles.contentTools}>
          {views.length > 1 ? (
            <ToggleButtonGroup
              aria-label={t('delivery.view')}
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[view]}
              onSelectionChange={keys => setChosen(views.find(candidate => keys.has(candidate)))}
            >
              {views.map(id => (
                <ToggleButton key={id} id={id} size="small">
                  {t(`delivery.views.${id}`)}
                </ToggleButton>
              ))}
            </ToggleButtonGroup>
          ) : (
            <span />
          )}
          <span className={styles.contentActions}>
            {content.commitUrl && (
              <Link href={content.commitUrl} target="_blank" rel="noopener noreferrer" variant="body-small">
                {t('delivery.commit')}
              </Link>
            )}
            <CopyButton text={() => content.content ?? ''} />
          </span>
        </div>
      )}
      {view === 'content' && <Code text={content.content ?? ''} label={file.path} />}
      {view === 'previous' && <Diff before={content.previous ?? ''} after={content.content ?? ''} label={t('delivery.views.previous')} />}
    </>
  );
}

/** What there is to see of a file. */
function viewsOf({ content, previous }: FileContent): View[] {
  if (content === undefined) return [];
  return previous !== undefined && previous !== content ? ['content', 'previous'] : ['content'];
}
