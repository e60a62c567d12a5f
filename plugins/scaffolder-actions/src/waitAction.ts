import type { BackstageCredentials, LoggerService, PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  kratixLogReadPermission,
  kratixRequestReadPermission,
  permissionRef,
  type PhaseSummary,
  type RequestState,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { KubeClient } from '@kratix-ts/core/kube';
import type { ActionOptions } from './access';
import { waitExamples } from './examples';
import { findOffer } from './findOffer';
import { secretHider } from './hideSecrets';
import { LogTail } from './LogTail';
import { RequestWatch, type WatchedRequest } from './RequestWatch';
import { requestInput } from './requestInput';
import { milliseconds, reasonOf, within } from './targetInput';

const DEFAULT_TIMEOUT = '1h';
/** How long the log of a request that has failed or become ready may take to arrive. */
const DRAIN_MS = 5000;

interface Rights {
  canReadLogs: boolean;
}

async function authorize(permissions: PermissionsService, credentials: BackstageCredentials, resourceRef: string): Promise<Rights> {
  const [read, log] = await permissions.authorize(
    [{ permission: kratixRequestReadPermission, resourceRef }, { permission: kratixLogReadPermission, resourceRef }],
    { credentials },
  );
  if (read.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(`You need the permission "${kratixRequestReadPermission.name}" for this`);
  }
  return { canReadLogs: log.result === AuthorizeResult.ALLOW };
}

/** Resolves when the request is ready, has failed, or is gone; rejects when the signal aborts. */
function settled(watch: RequestWatch, seen: (state: RequestState) => void, signal: AbortSignal): Promise<RequestState | undefined> {
  return new Promise((resolve, reject) => {
    const end = new AbortController();
    const look = () => {
      const state = watch.state();
      if (state) seen(state);
      if (state && !['Ready', 'Failed'].includes(state.summary.phase)) return;
      end.abort();
      resolve(state);
    };
    end.signal.addEventListener('abort', watch.onChange(look));
    const aborted = () => {
      end.abort();
      reject(signal.reason);
    };
    signal.addEventListener('abort', aborted, { signal: end.signal });
    if (signal.aborted) aborted();
    else look();
  });
}

/** Says each phase once; sentences alone would repeat with every tick of a clock in them. */
function narrator(logger: LoggerService): (summary: PhaseSummary) => void {
  let last = '';
  return summary => {
    const { phase, step, container, message } = summary;
    const now = [phase, step, container, message?.id].join('/');
    // How long something runs is news on a page; in a log, where the line stays, it would always be "for 0 s".
    if (now !== last) logger.info(summary.sentence.replace(/ for [^:]+\.$/, '.'));
    last = now;
  };
}

interface Waiting {
  client: KubeClient;
  target: WatchedRequest;
  logger: LoggerService;
  rights: Rights;
  signal: AbortSignal;
  /** Told of each state. */
  seen: (state: RequestState) => void;
}

async function wait({ client, target, logger, rights, signal, seen }: Waiting): Promise<RequestState> {
  const watch = await RequestWatch.open(client, target, signal);
  const hide = (text: string) => secretHider(target.offer, watch.state()?.spec)(text);
  const tail = new LogTail(client, logger, signal, hide);
  const narrate = narrator(logger);
  try {
    const state = await settled(
      watch,
      current => {
        seen(current);
        narrate(current.summary);
        if (rights.canReadLogs && current.runs[0]) tail.follow(current.runs[0]);
      },
      signal,
    );
    await Promise.race([tail.drained(), new Promise(resolve => setTimeout(resolve, DRAIN_MS).unref())]);
    const what = `${target.offer.type.kind} "${target.namespace}/${target.name}"`;
    if (!state) throw new Error(`${what} does not exist in cluster "${target.cluster}"; it may have been deleted`);
    if (state.summary.phase === 'Ready') return state;
    throw new Error([`${what} has failed. ${state.summary.sentence}`, ...tail.lastLines].join('\n'));
  } finally {
    await watch.close();
  }
}

/** `kratix:resource:wait`: waits until a request is ready, and shows its phases and logs. Keeps no state of its own. */
export function createWaitAction({ clusters, permissions }: ActionOptions) {
  return createTemplateAction({
    id: 'kratix:resource:wait',
    description: 'Waits until a request of a Promise is ready, with its phases and logs in the task’s log; fails when it fails',
    examples: waitExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...requestInput,
        timeout: z => z.string().optional().describe(`How long to wait, such as 90s, 30m or 1h30m; default: ${DEFAULT_TIMEOUT}`),
      },
      output: {
        phase: z => z.string().describe('Ready'),
        outputs: z => z.record(z.any()).describe('What the pipelines answered in the status'),
      },
    },
    async handler(ctx) {
      const { apiVersion, kind, name, namespace = 'default', timeout = DEFAULT_TIMEOUT } = ctx.input;
      milliseconds(timeout);
      if (ctx.isDryRun) {
        ctx.logger.info(`Would wait until ${kind} "${namespace}/${name}" is ready`);
        return;
      }
      const { name: cluster, client } = await clusters.get(ctx.input.cluster);
      const offer = await findOffer(client, apiVersion, kind);
      const resourceRef = permissionRef({ cluster, ...offer.type, namespace, name });
      const rights = await authorize(permissions, await ctx.getInitiatorCredentials(), resourceRef);
      const signal = within(timeout, ctx.signal);
      let last = '';
      const seen = ({ summary }: RequestState) => {
        last = ` Last: ${summary.sentence}`;
      };
      try {
        const target = { cluster, offer, namespace, name };
        const state = await wait({ client, target, logger: ctx.logger, rights, signal, seen });
        ctx.output('phase', state.summary.phase);
        ctx.output('outputs', JSON.parse(JSON.stringify(state.outputs)));
      } catch (error) {
        const what = `${kind} "${namespace}/${name}"`;
        throw reasonOf(error, ctx.signal, {
          cancelled: `Waiting for ${what} was cancelled; the request itself goes on`,
          late: `${what} was not ready within ${timeout}; it goes on, see its page.${last}`,
        });
      }
    },
  });
}
