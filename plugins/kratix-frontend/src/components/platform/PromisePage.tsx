import { useCallback, useState, type ReactNode } from 'react';
import { useParams } from 'react-router-dom';
import { Badge, ButtonIcon, ButtonLink, Card, CardBody, CardHeader, Link, Text, Tooltip, TooltipTrigger } from '@backstage/ui';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { RiAddLine, RiArrowLeftLine, RiArrowUpCircleLine } from '@remixicon/react';
import { humanise, type PromiseDetail, type RequestSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { promisesRouteRef, templateRouteRef } from '../../routes';
import { CopyButton } from '../CopyButton';
import { useWords } from '../useWords';
import { Labels } from './Labels';
import { LoadingRows, NoAnswer, OldAnswer } from './Notices';
import { PromiseReadiness } from './PromisesTab';
import { PromiseRuns } from './PromiseRuns';
import { Relations } from './Relations';
import { Requests } from './Requests';
import { SchemaTable } from './SchemaTable';
import { StepTimes } from './StepTimes';
import { VersionDialog } from './VersionDialog';
import { Versions } from './Versions';
import { Workflows } from './Workflows';
import styles from './PromisePage.module.css';

/** One Promise: what can be asked for, what then happens, its versions, what it needs, and its requests. */
export function PromisePage() {
  const { t } = useWords();
  const { cluster = '', name = '' } = useParams();
  const promises = useRouteRef(promisesRouteRef);
  const view = useLiveQuery(
    `promise ${JSON.stringify([cluster, name])}`,
    (api, signal) => api.promise(cluster, name, signal),
    change => change.cluster === cluster,
  );
  return (
    <div className={styles.page}>
      {promises && (
        <Link href={promises()} variant="body-small" className={styles.back}>
          <RiArrowLeftLine size={14} aria-hidden /> {t('platform.promise.all')}
        </Link>
      )}
      <OldAnswer view={view} />
      {view.value && !view.isOld && <Known promise={view.value} />}
      {!view.value && view.problem && <NoAnswer problem={view.problem} onRetry={view.refresh} />}
      {(view.isOld || (!view.value && !view.problem)) && <LoadingRows rows={6} />}
    </div>
  );
}

function Known({ promise }: { promise: PromiseDetail }) {
  const { t } = useWords();
  const { api, schema, example, workflows, versions, requires, requiredBy, runs } = promise;
  return (
    <>
      <Head promise={promise} />
      {api && schema && (
        <Section title={t('platform.promise.fields')}>
          <SchemaTable schema={schema} kind={api.kind} />
        </Section>
      )}
      {example && <Example text={example} />}
      <Section title={t('platform.promise.workflows')}>
        <Workflows workflows={workflows} />
        {api && <StepTimes promise={promise} />}
        {promise.canDryRun && <p className={styles.note}>{t('platform.promise.dryRun')}</p>}
      </Section>
      {versions.length > 0 && (
        <Section title={t('platform.promise.versions')}>
          <Versions versions={versions} />
        </Section>
      )}
      {requires.length + requiredBy.length > 0 && (
        <Section title={t('platform.promise.related')}>
          <Relations promise={promise} />
        </Section>
      )}
      {runs.length > 0 && (
        <Section title={t('platform.promise.runs')}>
          <PromiseRuns runs={runs} />
        </Section>
      )}
      {api && <PromiseRequests promise={promise} />}
    </>
  );
}

function Head({ promise }: { promise: PromiseDetail }) {
  const { t } = useWords();
  const { name, api, version, description, paused, deleting, template, destinationSelectors } = promise;
  const templateRoute = useRouteRef(templateRouteRef);
  const form = template && templateRoute?.({ namespace: template.namespace, templateName: template.name });
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <Text as="h2" variant="title-medium" weight="bold">
          {api ? humanise(api.kind) : name}
        </Text>
        {version && <Badge>{version}</Badge>}
        {paused && <Badge>{t('platform.promise.paused')}</Badge>}
        {deleting && <Badge>{t('platform.promise.deleting')}</Badge>}
        {form && (
          <ButtonLink href={form} variant="primary" iconStart={<RiAddLine aria-hidden />} className={styles.request}>
            {t('platform.promise.request')}
          </ButtonLink>
        )}
      </div>
      <PromiseReadiness promise={promise} />
      {description && <p className={styles.description}>{description}</p>}
      <p className={styles.quiet}>
        {api ? `${name} · ${api.plural}.${api.group}/${api.version}` : name} · {promise.cluster}
      </p>
      <div className={styles.goes}>
        <span className={styles.quiet}>{t('platform.promise.goesTo')}</span>
        {destinationSelectors.length > 0 ? (
          destinationSelectors.map(labels => <Labels key={JSON.stringify(labels)} labels={labels} none={t('platform.promise.anywhere')} />)
        ) : (
          <Labels labels={{}} none={t('platform.promise.anywhere')} />
        )}
      </div>
    </header>
  );
}

function Example({ text }: { text: string }) {
  const { t } = useWords();
  return (
    <Section title={t('platform.promise.example')} action={<CopyButton text={() => text} />}>
      <p className={styles.quiet}>{t('platform.promise.exampleHint')}</p>
      {/* A box that scrolls has to be reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.example} tabIndex={0} role="group" aria-label={t('platform.promise.example')}>
        {text.trimEnd()}
      </pre>
    </Section>
  );
}

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <Card>
      <CardHeader>
        <div className={styles.title}>
          <Text as="h3" variant="title-x-small" weight="bold">
            {title}
          </Text>
          {action}
        </div>
      </CardHeader>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

function PromiseRequests({ promise: { cluster, name, versions } }: { promise: PromiseDetail }) {
  const { t } = useWords();
  const [changed, setChanged] = useState<RequestSummary>();
  const hasChoice = versions.length > 1;
  const actionsOf = useCallback(
    (request: RequestSummary) => (
      <TooltipTrigger>
        <ButtonIcon
          size="small"
          variant="tertiary"
          icon={<RiArrowUpCircleLine />}
          aria-label={t('platform.promise.changeVersion', { name: request.name })}
          onPress={() => setChanged(request)}
        />
        <Tooltip>{t('platform.promise.change')}</Tooltip>
      </TooltipTrigger>
    ),
    [t],
  );
  return (
    <section className={styles.requests} aria-label={t('platform.promise.requests')}>
      <Text as="h3" variant="title-x-small" weight="bold">
        {t('platform.promise.requests')}
      </Text>
      <Requests of={{ cluster, promise: name }} actionsOf={hasChoice ? actionsOf : undefined} />
      {changed && <VersionDialog request={changed} versions={versions} onClose={() => setChanged(undefined)} />}
    </section>
  );
}
