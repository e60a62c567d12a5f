import type { LoggerService, PermissionsService } from '@backstage/backend-plugin-api';
import { AuthorizeResult, type ConditionalPolicyDecision } from '@backstage/plugin-permission-common';
import type { PermissionRuleset } from '@backstage/plugin-permission-node';
import type { SignalPayload } from '@backstage/plugin-signals-node';
import { encodeContent } from '@kratix-ts/core/wire';
import express from 'express';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { CatalogEmitter } from './emitter';
import { publishSignals } from '../../plugins/kratix-backend/src/publishSignals';
import { createRouter, type RouterOptions } from '../../plugins/kratix-backend/src/router';
import { Clusters } from '../../plugins/kratix-backend/src/clusters/Clusters';
import { RunKeeper } from '../../plugins/kratix-backend/src/runs/RunKeeper';
import type { RunStore } from '../../plugins/kratix-backend/src/runs/RunStore';
import { sendStream } from '../../plugins/kratix-backend/src/sendStream';
import { Authorizer } from '../../plugins/kratix-backend/src/service/Authorizer';
import { PlatformService } from '../../plugins/kratix-backend/src/service/PlatformService';
import { RequestIndex } from '../../plugins/kratix-backend/src/service/RequestIndex';
import { RequestLocator } from '../../plugins/kratix-backend/src/service/RequestLocator';
import { RequestService } from '../../plugins/kratix-backend/src/service/RequestService';
import { requestResourceRef, requestRules, type RequestFacts } from '../../plugins/kratix-backend/src/service/rules';
import type { CallerOf } from '../../plugins/kratix-backend/src/routes/caller';
import { signalKey, signalRef, type ChangeSignal } from '../../plugins/kratix-common/src';

/** What a portal's process tells of itself. */
export interface PortalFigures {
  /** Bytes. */
  resident: number;
  /** Calls to the Kubernetes API, its watches among them. */
  calls: number;
}

/** A ref that changed, and when that went out, in milliseconds since 1970. */
export interface Told {
  what: 'signal' | 'emit';
  name: string;
  at: number;
}

const CHUNK = `${'x'.repeat(1_023)}\n`.repeat(64);
const LOG_CHUNKS = 160;
const COUNTED = ['get', 'list', 'watch', 'create', 'patch', 'delete', 'logs', 'request'] as const;

const silent: LoggerService = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** The head of a request whose caller sees what the condition lets through; every other one may everything. */
export const LIMITED = 'x-limited';
const inTeams = { pluginId: 'kratix', resourceType: requestResourceRef.resourceType, rule: 'IN_NAMESPACE', params: { namespaces: Array.from({ length: 10 }, (_, index) => `team-${index}`) } };
const ofOthers = { ...inTeams, rule: 'REQUESTED_BY', params: { entityRefs: ['user:default/user-1', 'user:default/user-2', 'group:default/shop'] } };
const condition: ConditionalPolicyDecision = { result: AuthorizeResult.CONDITIONAL, pluginId: 'kratix', resourceType: requestResourceRef.resourceType, conditions: { anyOf: [inTeams, ofOthers] } };

const isLimited = ({ credentials }: { credentials: { principal: unknown } }) => credentials.principal === LIMITED;
const permissions: PermissionsService = {
  authorize: async asked => asked.map(() => ({ result: AuthorizeResult.ALLOW })),
  authorizeConditional: async (asked, options) => asked.map(() => (options && 'credentials' in options && isLimited(options) ? condition : { result: AuthorizeResult.ALLOW })),
};
const rules: PermissionRuleset<RequestFacts> = {
  getRuleByName: name => {
    const rule = requestRules.find(known => known.name === name);
    if (!rule) throw new Error(`No rule is called "${name}".`);
    return rule;
  },
};
/** What is measured is what an answer costs once the policy has decided. */
const authorizer = new Authorizer(permissions, rules);
const callerOf: CallerOf = async ({ headers }) => ({ $$type: '@backstage/BackstageCredentials', principal: headers[LIMITED] ? LIMITED : undefined });

/** Packs what is to be kept, as the database's one does, and keeps nothing. */
const packing: RunStore = {
  requests: async () => [],
  kept: async () => [],
  save: async (_, parts) => parts.forEach(({ content }) => encodeContent(JSON.stringify(content))),
  find: async () => ({}),
  forget: async () => {},
};

/** The portal's own parts, served over HTTP, without the rest of Backstage: the rest is the same on every cluster. */
export async function portal(kubeconfig: string): Promise<void> {
  const began = performance.now();
  let calls = 0;
  const clusters = new Clusters([{ name: 'demo', source: { file: kubeconfig } }], silent);
  clusters.onCluster(({ client }) => {
    for (const name of COUNTED) {
      const original = (client[name] as (...args: unknown[]) => unknown).bind(client);
      Object.assign(client, { [name]: (...args: unknown[]) => ((calls += 1), original(...args)) });
    }
  });
  const tell = (told: Told) => process.send?.(told);
  const locator = new RequestLocator(clusters);
  const index = new RequestIndex(clusters);
  const service = new RequestService(index, locator);
  const platform = new PlatformService(clusters, index);
  const abilities = { update: true, delete: true, readLogs: true };
  const show: RouterOptions['show'] = async id => service.detail(id, abilities, () => true);
  const names = new Map<string, string>();
  publishSignals(clusters, {
    publish: async ({ message }: SignalPayload) => {
      const { refs } = message as ChangeSignal;
      const at = Date.now();
      refs.forEach(ref => tell({ what: 'signal', name: names.get(ref) ?? '', at }));
    },
  }, silent);
  new RunKeeper(clusters, { store: packing, logger: silent });
  await new CatalogEmitter(clusters, silent, name => tell({ what: 'emit', name, at: Date.now() })).start();
  const app = express();
  app.get('/log', (_, response, next) => void sendStream(response, logOf).catch(next));
  app.use(createRouter({ service, platform, authorizer, callerOf, show, commands: {} as RouterOptions['commands'] }));
  const server = app.listen(0, '127.0.0.1');
  clusters.start();
  while (!clusters.get('demo')?.isComplete || index.sorted('attention').length < Number(process.env.EXPECTED ?? 0)) await turn();
  for (const { summary } of index.sorted('attention')) names.set(signalKey(signalRef(summary)), summary.name);
  service.page({}, () => true);
  const ready = performance.now() - began;
  process.on('message', async question => {
    if (question === 'figures') {
      global.gc?.();
      process.send?.({ resident: process.memoryUsage.rss(), calls } satisfies PortalFigures);
    }
    if (question === 'stop') {
      server.closeAllConnections();
      server.close();
      await clusters.stop();
      process.exit(0);
    }
  });
  process.send?.({ port: (server.address() as AddressInfo).port, ready });
}

/** A log of 10 MB, as fast as it is taken. */
async function* logOf(): AsyncGenerator<string> {
  for (let count = 0; count < LOG_CHUNKS; count += 1) {
    await turn();
    yield CHUNK;
  }
}
