/** For tests: a clock to turn by hand, an API server in memory, a proxy that fails on demand, builders. */
export { eventually } from './eventually';
export { FakeApiServer } from './fake-api-server';
export { FakeClock } from './fake-clock';
export { FaultProxy } from './fault-proxy';
export type { Fault, FaultProxyTarget } from './fault-proxy';
export type { ProxiedCall, Verb } from './proxied-call';
export type { WatchLine } from './proxied-watch';
export { InstantKubelet } from './instant-kubelet';
export type { PodRun, PodScript } from './instant-kubelet';
export { anObject, widgetType } from './objects';
export { aBinding, aPromise, aRevision } from './promises';
export { aLogger } from './silent-logger';
export type { LoggedLine, RecordingLogger } from './silent-logger';
export { makeCertificates } from './certificates';
export type { TestCertificates } from './certificates';
export { installOffer } from './offer';
export type { TestOffer } from './offer';
export { dataDir, recordedMoments, recordedObjects } from './recorded';
