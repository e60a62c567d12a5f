import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Card, CardBody, CardHeader, Text, ToggleButton, ToggleButtonGroup } from '@backstage/ui';
import type { RequestDetail, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveRequest, type LiveUse } from '../../live/useLiveRequest';
import { deliveryGraph, firstToShow, KINDS, type GraphNode, type NodeKind } from '../../model/deliveryGraph';
import { Loading, NotFreshNotice, ProblemNotice } from '../Problem';
import { Sentence } from '../Sentence';
import { useWords } from '../useWords';
import { DeliveryPicture } from './DeliveryPicture';
import { DeliveryTable } from './DeliveryTable';
import { NodeDetail } from './NodeDetail';
import styles from './Delivery.module.css';

/** Where a request's files went: from the request over its steps to destinations and their health. */
export function DeliveryTab({ identity }: { identity: ResourceIdentity }) {
  return <DeliveryTabView {...useLiveRequest(identity)} />;
}

/** The same without the fetching. What is chosen stands in the address. */
export function DeliveryTabView({ snapshot, live }: LiveUse) {
  const { t } = useWords();
  const { state, problem } = snapshot;
  if (state && state.destinations.length + state.delivery.bundles.length > 0) {
    return (
      <div className={styles.page}>
        <div className={styles.list}>
          <NotFreshNotice snapshot={snapshot} />
          <Way state={state} />
        </div>
      </div>
    );
  }
  return (
    <Card>
      <CardBody>
        {state && (
          <Text as="p" variant="body-medium" color="secondary">
            {state.summary.phase === 'NotPlaced' ? <Sentence summary={state.summary} /> : t('delivery.none')}
          </Text>
        )}
        {!state && problem && <ProblemNotice problem={problem} onRetry={live.refresh} onward />}
        {!state && !problem && <Loading />}
      </CardBody>
    </Card>
  );
}

const NONE: ReadonlySet<NodeKind> = new Set();
const ALL = new Set(KINDS);

function Way({ state }: { state: RequestDetail }) {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const [view, setView] = useState<'picture' | 'table'>('picture');
  const [opened, setOpened] = useState(NONE);
  const selected = params.get('node') ?? firstToShow(state);
  const node = useMemo(
    () => deliveryGraph(state, ALL).columns.flatMap(({ nodes }) => nodes).find(({ id }) => id === selected),
    [state, selected],
  );
  const select = ({ id, kind, folded }: GraphNode) => {
    if (folded) {
      setOpened(kinds => new Set([...kinds, kind]));
      return;
    }
    setParams(
      current => {
        const merged = new URLSearchParams(current);
        merged.set('node', id);
        return merged;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  const table = <DeliveryTable state={state} selected={node?.id} onSelect={select} />;
  return (
    <>
      <Card>
        <CardHeader>
          <div className={styles.head}>
            <Text as="h2" variant="title-x-small" weight="bold">
              {t('delivery.title')}
            </Text>
            <div className={styles.switch}>
              <ToggleButtonGroup
                aria-label={t('delivery.view')}
                selectionMode="single"
                disallowEmptySelection
                selectedKeys={[view]}
                onSelectionChange={keys => setView(keys.has('table') ? 'table' : 'picture')}
              >
                <ToggleButton id="picture" size="small">
                  {t('delivery.asPicture')}
                </ToggleButton>
                <ToggleButton id="table" size="small">
                  {t('delivery.asTable')}
                </ToggleButton>
              </ToggleButtonGroup>
            </div>
          </div>
        </CardHeader>
        <CardBody>
          {view === 'table' ? (
            table
          ) : (
            <>
              <div className={styles.large}>
                <DeliveryPicture state={state} opened={opened} selected={node?.id} onSelect={select} />
              </div>
              <div className={styles.small}>{table}</div>
            </>
          )}
        </CardBody>
      </Card>
      {node && <NodeDetail key={node.id} state={state} node={node} />}
    </>
  );
}
