import { Card, CardBody, CardHeader, Text } from '@backstage/ui';
import type { RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { PhaseIcon } from '../phases';
import { Sentence } from '../Sentence';
import { Ago } from '../Times';
import { useWords } from '../useWords';
import { NameLink } from './NameLink';
import type { RequestAddress } from './useAddresses';
import styles from './Attention.module.css';

/** So many are named; the others are in the table. */
const MOST = 5;

/** Requests that wait for somebody, each with its reason. */
export function Attention({ requests, requestAddress }: { requests: RequestSummary[]; requestAddress: RequestAddress }) {
  const { t } = useWords();
  if (requests.length === 0) return null;
  return (
    <Card>
      <CardHeader>
        <Text as="h2" variant="title-x-small" weight="bold">
          {t('platform.requests.attention')}
        </Text>
      </CardHeader>
      <CardBody>
        <AttentionList requests={requests.slice(0, MOST)} requestAddress={requestAddress} />
        {requests.length > MOST && (
          <Text as="p" variant="body-small" color="secondary" className={styles.more}>
            {t('platform.requests.attentionMore', { count: requests.length - MOST })}
          </Text>
        )}
      </CardBody>
    </Card>
  );
}

export function AttentionList({ requests, requestAddress }: { requests: RequestSummary[]; requestAddress: RequestAddress }) {
  const { t } = useWords();
  return (
    <ul className={styles.list}>
      {requests.map(request => {
        const address = requestAddress(request);
        const { summary, namespace, name, createdAt } = request;
        return (
          <li key={`${request.cluster}/${request.uid}`} className={styles.item}>
            <PhaseIcon phase={summary.phase} size={18} />
            <div className={styles.text}>
              <div className={styles.head}>
                <NameLink name={name} href={address} isStrong />
                <span className={styles.quiet}>
                  {t(`phase.${summary.phase}`)} · {namespace} · <Ago time={summary.since ?? createdAt} />
                </span>
              </div>
              <div className={styles.sentence}>
                <Sentence summary={summary} />
              </div>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
