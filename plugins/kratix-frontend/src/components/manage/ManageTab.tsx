import { Alert, Card, CardBody } from '@backstage/ui';
import type { RequestDetail, ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { useLiveRequest, type LiveUse } from '../../live/useLiveRequest';
import { Loading, NotFreshNotice, ProblemNotice } from '../Problem';
import { useWords } from '../useWords';
import { DeleteCard, RunCard, VersionCard } from './Controls';
import { EditCard } from './EditCard';
import { StateLine } from './StateLine';
import styles from './Manage.module.css';

/** Everything that changes a request: its fields, its version, its runs and its end. */
export function ManageTab({ identity }: { identity: ResourceIdentity }) {
  return <ManageTabView {...useLiveRequest(identity)} />;
}

/** The same without the fetching of the request. */
export function ManageTabView({ snapshot, live }: LiveUse) {
  const { state, problem } = snapshot;
  if (state) {
    return (
      <div className={styles.page}>
        <NotFreshNotice snapshot={snapshot} />
        <StateLine summary={state.summary} />
        <Parts key={state.uid} request={state} live={live} />
      </div>
    );
  }
  return (
    <Card>
      <CardBody>{problem ? <ProblemNotice problem={problem} onRetry={live.refresh} onward /> : <Loading />}</CardBody>
    </Card>
  );
}

function Parts({ request, live }: { request: RequestDetail; live: LiveUse['live'] }) {
  const { t } = useWords();
  const { cluster, promise: name, abilities, summary } = request;
  const { value: promise, problem } = useLiveQuery(
    `promise ${JSON.stringify([cluster, name])}`,
    (api, signal) => api.promise(cluster, name, signal),
    change => change.cluster === cluster,
  );
  if (summary.phase === 'Deleting') return <Alert role="status" status="info" icon title={t('manage.deleting')} />;
  if (!abilities.update && !abilities.delete) return <Alert role="status" status="info" icon title={t('actions.readOnly')} />;
  return (
    <>
      {abilities.update && promise && <EditCard request={request} promise={promise} live={live} />}
      {abilities.update && !promise && problem && <ProblemNotice problem={problem} />}
      {abilities.update && !promise && !problem && <Loading />}
      {abilities.update && <VersionCard request={request} promise={promise} />}
      {abilities.update && <RunCard request={request} live={live} />}
      {abilities.delete && <DeleteCard request={request} live={live} />}
    </>
  );
}
