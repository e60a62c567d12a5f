import { useState } from 'react';
import { Alert, Link, Skeleton, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import type { DeliveredFile, FileContent, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { useFile } from '../../live/useFile';
import { Code } from '../Code';
import { CopyButton } from '../CopyButton';
import { Diff } from '../diff/Diff';
import { FileDisclosure } from '../FileDisclosure';
import { useFormats, useWords } from '../useWords';
import styles from './Delivery.module.css';

interface FileEntryProps {
  identity: ResourceIdentity;
  file: DeliveredFile;
  destination?: string;
  /** Of the destination: another one means that the file may be another one too. */
  version?: string;
  isOpen: boolean;
  onToggle: () => void;
}

/** One delivered file, which opens to its content and its differences. */
export function FileEntry({ identity, file, destination, version, isOpen, onToggle }: FileEntryProps) {
  const { t } = useWords();
  const { size } = useFormats();
  return (
    <FileDisclosure
      path={file.path}
      mark={file.changed && t('delivery.changed')}
      note={`${file.step} · ${size(file.size)}`}
      isOpen={isOpen}
      onToggle={onToggle}
    >
      <Content identity={identity} file={file} destination={destination} version={version} />
    </FileDisclosure>
  );
}

type View = 'content' | 'previous';

function Content({ identity, file, destination, version }: Pick<FileEntryProps, 'identity' | 'file' | 'destination' | 'version'>) {
  const { t } = useWords();
  const { value: content, problem } = useFile(identity, { path: file.path, destination, step: file.step }, version);
  const [chosen, setChosen] = useState<View>();
  if (problem) return <Alert role="alert" status="danger" icon title={t('delivery.fileFailed', { words: problem.words })} />;
  if (!content) return <Skeleton width="100%" height={96} />;
  const views = viewsOf(content);
  const view = views.find(candidate => candidate === chosen) ?? views[0];
  return (
    <div className={styles.content}>
      {content.reason && <p className={styles.note}>{t(`delivery.reason.${content.reason}`)}</p>}
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
    </div>
  );
}

/** What there is to see of a file. */
function viewsOf({ content, previous }: FileContent): View[] {
  if (content === undefined) return [];
  return previous !== undefined && previous !== content ? ['content', 'previous'] : ['content'];
}
