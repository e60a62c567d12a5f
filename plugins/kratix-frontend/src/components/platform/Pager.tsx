import { memo } from 'react';
import { ButtonIcon, Select } from '@backstage/ui';
import { RiArrowLeftSLine, RiArrowRightSLine } from '@remixicon/react';
import { PAGE_SIZES, type TableQuery } from '../../model/requestQuery';
import { useFormats, useWords } from '../useWords';
import { useStable } from '../useStable';
import styles from './Pager.module.css';

interface Props {
  offset: number;
  limit: number;
  total: number;
  onChange(change: Partial<Pick<TableQuery, 'offset' | 'limit'>>): void;
}

const SIZES = PAGE_SIZES.map(size => ({ id: String(size), label: String(size) }));

/** Drawn only when what it shows changes. */
const PageSize = memo(({ label, limit, onChange }: { label: string; limit: number; onChange(limit: number): void }) => (
  <Select size="small" aria-label={label} options={SIZES} value={String(limit)} onChange={size => onChange(Number(size))} />
));

/** Which rows of how many, and the way to the others. Drawn only when that changes. */
export const Pager = memo(({ offset, limit, total, onChange }: Props) => {
  const { t } = useWords();
  const { number } = useFormats();
  const resize = useStable((size: number) => onChange({ limit: size }));
  const to = Math.min(offset + limit, total);
  return (
    <div className={styles.pager}>
      <div className={styles.size}>
        <PageSize label={t('platform.requests.pageSize')} limit={limit} onChange={resize} />
      </div>
      <span className={styles.range} data-numeric="">
        {t('platform.requests.range', { from: number(Math.min(offset + 1, total)), to: number(to), total: number(total) })}
      </span>
      <ButtonIcon
        size="small"
        variant="secondary"
        icon={<RiArrowLeftSLine />}
        aria-label={t('platform.requests.previous')}
        isDisabled={offset === 0}
        onPress={() => onChange({ offset: Math.max(0, offset - limit) })}
      />
      <ButtonIcon
        size="small"
        variant="secondary"
        icon={<RiArrowRightSLine />}
        aria-label={t('platform.requests.next')}
        isDisabled={to >= total}
        onPress={() => onChange({ offset: offset + limit })}
      />
    </div>
  );
});
