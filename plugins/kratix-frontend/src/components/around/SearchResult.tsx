import type { ReactElement } from 'react';
import { Text } from '@backstage/ui';
import { phases, type Phase } from '@kratix-ts/backstage-plugin-kratix-common';
import type { SearchDocument } from '@backstage/plugin-search-common';
import { Legible } from '../Legible';
import { PhaseIcon } from '../phases';
import { NameLink } from '../platform/NameLink';
import { usePromiseAddress } from '../platform/useAddresses';
import { useWords } from '../useWords';
import styles from './SearchResult.module.css';

/** What the index holds of a request or a Promise, as far as a result shows it. */
interface KratixDocument extends SearchDocument {
  cluster?: string;
  namespace?: string;
  promise?: string;
  kind?: string;
  phase?: string;
}

interface Props {
  result?: SearchDocument;
  icon?: ReactElement;
}

/** A request with its state, or an offer, among the results of a search. */
export function SearchResult({ result, icon }: Props) {
  if (!result) return null;
  return (
    <Legible>
      <Known document={result} icon={icon} />
    </Legible>
  );
}

function Known({ document, icon }: { document: KratixDocument; icon?: ReactElement }) {
  const { t } = useWords();
  const promiseAddress = usePromiseAddress();
  const { title, location, cluster, namespace, promise, kind } = document;
  const phase = phaseIn(document);
  const isPromise = promise !== undefined && namespace === undefined;
  const href = (isPromise && cluster !== undefined && promiseAddress(cluster, promise)) || location;
  const facts = isPromise ? [t('around.offer'), promise, cluster] : [kind, promise, namespace, cluster];
  return (
    <div className={styles.result} data-kratix="">
      <span className={styles.icon}>{phase ? <PhaseIcon phase={phase} /> : icon}</span>
      <div className={styles.text}>
        <NameLink name={title} href={href} isStrong />
        <Text as="p" variant="body-small" color="secondary" className={styles.facts}>
          {[phase && t(`phase.${phase}`), ...facts].filter(Boolean).join(' · ')}
        </Text>
      </div>
    </div>
  );
}

function phaseIn({ phase }: KratixDocument): Phase | undefined {
  return phases.find(name => name === phase);
}
