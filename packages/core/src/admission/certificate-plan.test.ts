import { X509Certificate } from 'node:crypto';
import { certificatesIn } from '../runtime/x509';
import { planCertificate, type CertificateData, type CertificateState } from './certificate-plan';

const NOW = new Date('2026-11-22T12:00:00Z');
const NAMES = ['kratix-platform-webhook-service.kratix-platform-system.svc', '127.0.0.1'];
const days = (count: number, from = NOW) => new Date(from.getTime() + count * 24 * 3_600_000);

const state = (data: Partial<CertificateData> | undefined, more: Partial<CertificateState> = {}): CertificateState => ({ data, isForeign: false, names: NAMES, announced: data?.['ca.crt'] ?? '', now: NOW, ...more });

function written(given: CertificateState): CertificateData {
  const step = planCertificate(given);
  if (step.do !== 'write') throw new Error(`expected a write, got ${JSON.stringify(step)}`);
  return step.data;
}

const serverOf = (data: CertificateData) => new X509Certificate(data['tls.crt']);
const isTrusted = (data: CertificateData, bundle: string) => certificatesIn(bundle).some(each => serverOf(data).verify(new X509Certificate(each).publicKey) && serverOf(data).checkIssued(new X509Certificate(each)));

describe('the certificate of the webhook', () => {
  const first = written(state(undefined));

  it('is made where there is none, for every name, signed by an authority of its own', () => {
    const server = serverOf(first);
    expect(NAMES.map(name => server.checkHost(name) ?? server.checkIP(name))).toEqual(NAMES);
    expect(isTrusted(first, first['ca.crt'])).toBe(true);
    expect(new X509Certificate(first['ca.crt']).ca).toBe(true);
    expect(server.ca).toBe(false);
  });

  it('is kept until two thirds of its life are over', () => {
    const step = planCertificate(state(first));
    expect(step).toMatchObject({ do: 'keep' });
    expect(step.do === 'keep' && Math.round((step.until.getTime() - NOW.getTime()) / days(1, new Date(0)).getTime())).toBe(243);
  });

  it('is renewed then, by the same authority', () => {
    const next = written(state(first, { now: days(244) }));
    expect(next['ca.crt']).toBe(first['ca.crt']);
    expect(next['tls.crt']).not.toBe(first['tls.crt']);
    expect(Date.parse(serverOf(next).validTo)).toBeGreaterThan(days(600).getTime());
  });

  it('gets a new authority before the old one ends, which is announced before anything is signed with it', () => {
    let data = first;
    let now = NOW;
    let authorities = 1;
    const changes: unknown[] = [];
    for (let year = 0; year < 30; year += 1) {
      now = days(244, now);
      const step = planCertificate(state(data, { now }));
      if (step.do === 'write' && certificatesIn(step.data['ca.crt'])[0] !== certificatesIn(data['ca.crt'])[0]) {
        authorities += 1;
        const unannounced = planCertificate(state(step.data, { now, announced: data['ca.crt'] }));
        changes.push({ isServedAsBefore: step.data['tls.crt'] === data['tls.crt'], unannounced: unannounced.do });
        data = step.data;
      }
      const announced = data['ca.crt'];
      data = written(state(data, { now }));
      // at each change the API server trusts the former bundle alone
      expect(isTrusted(data, announced)).toBe(true);
    }
    // as long as a new authority is not announced, what is served stays
    expect(changes).toEqual(changes.map(() => ({ isServedAsBefore: true, unannounced: 'keep' })));
    expect(authorities).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['garbage', { ...first, 'tls.crt': 'garbage' }],
    ['a key of another certificate', { ...first, 'tls.key': written(state(undefined))['tls.key'] }],
    ['an authority that did not sign it', { ...first, 'ca.crt': written(state(undefined))['ca.crt'] }],
    ['other names', written(state(undefined, { names: ['a.example'] }))],
    ['a certificate whose time is over', written(state(undefined, { now: days(-400) }))],
  ])('is made anew in place of %s', (_what, data) => expect(isTrusted(written(state(data)), written(state(undefined))['ca.crt'])).toBe(false));

  it('is left alone where somebody else looks after it', () => {
    const { 'ca.key': _key, ...foreign } = first;
    expect(planCertificate(state(foreign, { isForeign: true }))).toMatchObject({ do: 'keep' });
    expect(planCertificate(state(undefined, { isForeign: true }))).toMatchObject({ do: 'wait' });
  });

  it('is made anew when it is due and the authority’s key is not there', () => {
    const { 'ca.key': _key, ...foreign } = first;
    expect(planCertificate(state(foreign))).toMatchObject({ do: 'keep' });
    expect(written(state(foreign, { now: days(300) }))['ca.crt']).not.toBe(first['ca.crt']);
  });
});
