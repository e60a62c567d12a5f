import { Ago } from '../Times';
import { useWords } from '../useWords';
import tables from './Table.module.css';

/** When files were written last, and as which version. */
export function LastWrite({ write }: { write?: { at: string; version?: string } }) {
  const { t } = useWords();
  if (!write) return <>{t('platform.places.never')}</>;
  return (
    <>
      <Ago time={write.at} />
      {write.version && (
        <span className={tables.quiet} title={write.version}>
          {write.version.slice(0, 12)}
        </span>
      )}
    </>
  );
}
