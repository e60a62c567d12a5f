import { eventually } from '../testing/eventually';
import { aLogger } from '../testing/silent-logger';
import { Controller } from './controller';
import { Health } from './health';
import { parseAddress } from './listen';
import { Metrics } from './metrics';
import { metricsEndpoint, probeEndpoint } from './serving';
import { TerminalError } from './terminal-error';

const get = async (port: number, path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('parseAddress', () => {
  it.each([
    [':8080', { port: 8080 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:8081', { host: '::1', port: 8081 }],
  ])('%s', (address, expected) => expect(parseAddress(address)).toEqual(expected));
  it.each(['8080', 'localhost', ':', ':70000', 'a:b'])('refuses %s', address => expect(() => parseAddress(address)).toThrow('is no address'));
});

it('B-CFG-4: answers liveness and readiness apart, and says which check failed', async () => {
  const health = new Health();
  let problem: string | undefined = 'the first lists are not in';
  health.addReadiness('caches', () => problem);
  const endpoint = probeEndpoint('127.0.0.1:0', health);
  const port = await endpoint.start();
  try {
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, text: '[+]ping ok\nhealthz check passed\n' });
    expect(await get(port, '/readyz')).toMatchObject({ status: 503, text: '[+]ping ok\n[-]caches failed: the first lists are not in\nreadyz check failed\n' });
    problem = undefined;
    expect((await get(port, '/readyz?verbose')).status).toBe(200);
    health.addLiveness('broken', () => Promise.reject(new Error('no')));
    expect(await get(port, '/healthz')).toMatchObject({ status: 503, text: expect.stringContaining('[-]broken failed: no') });
    expect((await get(port, '/healthz', 'POST')).status).toBe(405);
  } finally {
    await endpoint.stop();
  }
});

it('Q-32: serves metrics and nothing for debuggers', async () => {
  const endpoint = metricsEndpoint('127.0.0.1:0', new Metrics());
  const port = await endpoint.start();
  try {
    expect(await get(port, '/metrics')).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    for (const path of ['/', '/debug/pprof', '/debug/pprof/heap', '/json']) expect((await get(port, path)).status).toBe(404);
  } finally {
    await endpoint.stop();
  }
});

it('B-OBS-1: measures queues, reconciles and calls under the usual names', async () => {
  const metrics = new Metrics();
  metrics.collectProcess();
  metrics.collectLead('the-lease', () => true);
  const outcomes: Record<string, () => unknown> = { good: () => undefined, later: () => ({ requeueAfterMs: 60_000 }), never: () => Promise.reject(new TerminalError('no')) };
  const controller = new Controller({ name: 'widget', log: aLogger(), workers: 3, reconcile: async key => outcomes[key]() as undefined });
  metrics.watch(controller);
  for (const key of Object.keys(outcomes)) controller.enqueue(key);
  const before = await metrics.registry.metrics();
  expect(before).toContain('workqueue_depth{name="widget",controller="widget"} 3');
  expect(before).toContain('controller_runtime_max_concurrent_reconciles{controller="widget"} 3');
  controller.start();
  await eventually('all keys', () => controller.isIdle);
  const record = metrics.callsTo('api.example:6443');
  record({ method: 'PATCH', path: '/apis/platform.kratix.io/v1alpha1/namespaces/n/works/w/status', isWatch: false, code: 200, ms: 4 });
  record({ method: 'GET', path: '/api/v1/pods', isWatch: true, code: 0, ms: 4 });
  const text = await metrics.registry.metrics();
  for (const line of [
    'workqueue_depth{name="widget",controller="widget"} 0',
    'workqueue_adds_total{name="widget",controller="widget"} 3',
    'workqueue_queue_duration_seconds_count{name="widget",controller="widget"} 3',
    'workqueue_work_duration_seconds_count{name="widget",controller="widget"} 3',
    'controller_runtime_reconcile_total{controller="widget",result="success"} 1',
    'controller_runtime_reconcile_total{controller="widget",result="requeue_after"} 1',
    'controller_runtime_reconcile_total{controller="widget",result="error"} 1',
    'controller_runtime_reconcile_errors_total{controller="widget"} 1',
    'controller_runtime_terminal_reconcile_errors_total{controller="widget"} 1',
    'controller_runtime_reconcile_time_seconds_count{controller="widget"} 3',
    'controller_runtime_active_workers{controller="widget"} 0',
    'rest_client_requests_total{code="200",host="api.example:6443",method="PATCH"} 1',
    'rest_client_requests_total{code="<error>",host="api.example:6443",method="GET"} 1',
    'kratix_api_requests_total{verb="patch",resource="works.platform.kratix.io/status",code="200"} 1',
    'rest_client_request_duration_seconds_count{host="api.example:6443",verb="PATCH"} 1',
    'leader_election_master_status{name="the-lease"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toContain('process_resident_memory_bytes');
  // a watch lasts as long as it may: its time says nothing
  expect(text).not.toContain('rest_client_request_duration_seconds_count{host="api.example:6443",verb="GET"}');
  metrics.forget(controller);
  await controller.stop();
  expect(await metrics.registry.metrics()).not.toContain('workqueue_depth{');
});
