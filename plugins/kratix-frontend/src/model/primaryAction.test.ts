import { aRequest, FIXTURE_OF_PHASE, NAMES, type FixtureName } from '../fixtures/requests';
import { hintOf } from './hints';
import { primaryActionOf } from './primaryAction';

describe('the phases', () => {
  it.each(Object.entries(FIXTURE_OF_PHASE))('have a fixture each: %s', (phase, name) => {
    expect(aRequest(name).summary.phase).toBe(phase);
  });
});

describe('primaryActionOf', () => {
  it.each<[FixtureName, object | undefined]>([
    ['waiting', { do: 'offer', promise: 'postgresql' }],
    ['queued', undefined],
    ['running', { do: 'log', run: 'run-2', step: 'schedule-database', container: 'write-manifests' }],
    ['pausedByStep', { do: 'resume' }],
    ['approval', { do: 'pullRequest', href: 'https://git.example.org/security/approvals/pull/42' }],
    ['retrying', { do: 'retry', step: 'schedule-database', isWaiting: true }],
    ['delivering', { do: 'delivery' }],
    ['ready', { do: 'open', href: 'https://shop-staging.example.org', name: 'Endpoint' }],
    ['upgradable', { do: 'open', href: 'https://shop-staging.example.org', name: 'Endpoint' }],
    ['degraded', { do: 'delivery' }],
    ['drifted', { do: 'delivery' }],
    ['notPlaced', { do: 'delivery' }],
    ['failed', { do: 'retry', step: 'schedule-database', isWaiting: false }],
    ['failedDelivery', { do: 'delivery' }],
    ['refused', { do: 'rerun' }],
    ['paused', undefined],
    ['deleting', { do: 'log', run: 'run-4', step: 'archive', container: 'archive-data' }],
    ['stale', undefined],
  ])('in state %s', (name, action) => {
    expect(primaryActionOf(aRequest(name))).toEqual(action);
  });

  it('never opens an address that could run in the page', () => {
    expect(primaryActionOf({ ...aRequest('ready'), outputs: { endpoint: 'data:text/html,<script>alert(1)</script>' } })).toEqual({ do: 'delivery' });
  });
});

describe('hintOf', () => {
  it.each(NAMES.filter(name => !['queued', 'running', 'retrying', 'ready', 'upgradable', 'deleting'].includes(name)))(
    'says what to do next: %s',
    name => {
      expect(hintOf(aRequest(name))).toBeDefined();
    },
  );

  it('says nothing where there is nothing to do', () => {
    expect(hintOf(aRequest('ready'))).toBeUndefined();
  });

  it('sends who may not change the request to somebody who may', () => {
    expect(hintOf(aRequest('readOnly'))).toBe('askEditor');
  });
});
