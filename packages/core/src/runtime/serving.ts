import type { Health, HealthReport } from './health';
import { HttpEndpoint, type Answer } from './http-endpoint';
import type { Metrics } from './metrics';

/** Serves `/healthz` and `/readyz`. Source: B-CFG-4. */
export function probeEndpoint(address: string, health: Health): HttpEndpoint {
  return new HttpEndpoint({
    address,
    routes: new Map([
      ['/healthz', async () => answerOf(await health.live())],
      ['/readyz', async () => answerOf(await health.ready())],
    ]),
  });
}

/** Serves `/metrics`, and nothing else: there is no debug port. Source: B-CFG-2, Q-32. */
export function metricsEndpoint(address: string, { registry }: Metrics): HttpEndpoint {
  return new HttpEndpoint({
    address,
    routes: new Map([['/metrics', async () => ({ status: 200, contentType: registry.contentType, body: await registry.metrics() })]]),
  });
}

function answerOf({ ok, text }: HealthReport): Answer {
  return { status: ok ? 200 : 503, body: text };
}
