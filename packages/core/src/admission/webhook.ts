import { ApiError, coreTypes, type Cache, type ClusterApi, type Informer } from '../kube';
import type { KubeObject } from '../kube/types';
import { systemClock, type Clock, type Logger } from '../runtime';
import { certificatesIn } from '../runtime/x509';
import { SYSTEM_NAMESPACE } from '../wire/names';
import { planCertificate, type CertificateData } from './certificate-plan';
import { CONFIGURATION_NAMES, configurationOf, configurationTypes, WEBHOOK_SERVICE, type Reach } from './hooks';
import { HttpsServer } from './https-server';
import { answer, parseReview, type Rules } from './review';

/** Upstream's Secret. */
export const CERTIFICATE_SECRET = { name: 'webhook-server-cert', namespace: SYSTEM_NAMESPACE } as const;

/** A certificate that cert-manager writes bears this annotation. */
const FOREIGN = 'cert-manager.io/certificate-name';
const RETRY_MS = 10_000;
const kindsOfHooks = ['mutating', 'validating'] as const;

interface SecretObject extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

interface ConfigurationObject extends KubeObject {
  webhooks?: { clientConfig?: { caBundle?: string } }[];
}

export interface WebhookOptions {
  api: ClusterApi;
  cache: Cache;
  rules: Rules;
  log: Logger;
  /** `host:port` to listen at. */
  address: string;
  /** Through upstream's Service, or at this machine's loopback, for an API server that runs on it as well. */
  reach: 'service' | 'local';
  /** What the API server does with a write when the webhook does not answer. */
  failurePolicy: 'Fail' | 'Ignore';
  /** Whether writes are judged at all. */
  isEnabled: () => boolean;
  clock?: Clock;
}

/**
 * The admission webhook of this process: every replica serves, with one certificate that stands in a Secret. The API server
 * is told of it once it answers.
 */
export class Webhook {
  private readonly server: HttpsServer;
  private readonly clock: Clock;
  private readonly secrets: Informer<SecretObject>;
  private readonly configurations: Record<(typeof kindsOfHooks)[number], Informer<ConfigurationObject>>;
  private readonly unsubscribe: (() => void)[] = [];
  private cancelTimer: () => void = () => {};
  private turn: Promise<void> = Promise.resolve();
  private served = '';
  private problem: string | undefined = 'its certificate is not there yet';
  private isEnded = false;

  constructor(private readonly options: WebhookOptions) {
    this.clock = options.clock ?? systemClock;
    this.server = new HttpsServer(options.address, (path, body) => this.handle(path, body));
    const named = ({ name, namespace }: { name: string; namespace?: string }) => ({ ...(namespace && { namespace }), fieldSelector: `metadata.name=${name}` });
    this.secrets = options.cache.informer<SecretObject>(coreTypes.Secret, named(CERTIFICATE_SECRET));
    this.configurations = {
      mutating: options.cache.informer<ConfigurationObject>(configurationTypes.mutating, named({ name: CONFIGURATION_NAMES.mutating })),
      validating: options.cache.informer<ConfigurationObject>(configurationTypes.validating, named({ name: CONFIGURATION_NAMES.validating })),
    };
  }

  /** Settles when it answers and the API server knows, or when the first try failed; {@link check} tells. */
  async start(signal?: AbortSignal): Promise<void> {
    const watched = [this.secrets, ...Object.values(this.configurations)];
    await Promise.all(watched.map(informer => informer.whenSynced(signal)));
    await this.server.listen();
    for (const informer of watched) this.unsubscribe.push((informer as Informer<KubeObject>).onChange(() => this.look()));
    await this.look();
  }

  /** What keeps the API server from being answered; undefined when nothing does. */
  async check(): Promise<string | undefined> {
    return this.problem ?? this.server.probe();
  }

  /** Looks whether anything is to be done, one look after the other. Settles when it was; never rejects. */
  look(): Promise<void> {
    this.turn = this.turn.then(() => (this.isEnded ? undefined : this.reconcile().catch(error => this.retry(error))));
    return this.turn;
  }

  /** Answers what is being asked, and nothing more. The API server finds another replica, or does as the failure policy says. */
  async stop(): Promise<void> {
    this.isEnded = true;
    this.cancelTimer();
    for (const end of this.unsubscribe.splice(0)) end();
    await this.turn;
    await this.server.close();
  }

  private async handle(path: string, body: string): Promise<object | undefined> {
    const response = await answer(path, parseReview(body), this.options.rules);
    return response && { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  }

  private async reconcile(): Promise<void> {
    const now = new Date(this.clock.now());
    const secret = this.secrets.get(`${CERTIFICATE_SECRET.namespace}/${CERTIFICATE_SECRET.name}`);
    const data = secret && decoded(secret);
    const isForeign = secret?.metadata.annotations?.[FOREIGN] !== undefined;
    const step = planCertificate({ data, isForeign, names: this.names(), announced: this.announced(), now });
    if (step.do === 'wait') {
      this.problem = `Secret ${CERTIFICATE_SECRET.namespace}/${CERTIFICATE_SECRET.name}: ${step.problem}`;
      return;
    }
    if (step.do === 'write') {
      await this.write(secret, step.data);
      await this.reconcile();
      return;
    }
    this.serve(data as CertificateData);
    await this.announce(data as CertificateData);
    this.lookAt(step.until);
    this.problem = undefined;
  }

  private serve(data: CertificateData): void {
    if (this.served === data['tls.crt'] + data['ca.crt']) return;
    this.server.use({ key: data['tls.key'], certificate: data['tls.crt'], authority: data['ca.crt'] });
    this.served = data['tls.crt'] + data['ca.crt'];
    this.options.log.info({ port: this.server.port }, 'the webhook serves with the certificate of its Secret');
  }

  /** The version that was seen is the precondition: of two replicas one writes, and both serve what it wrote. */
  private async write(secret: SecretObject | undefined, data: CertificateData): Promise<void> {
    const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
    const { api } = this.options;
    const made: SecretObject = { apiVersion: 'v1', kind: 'Secret', metadata: { ...CERTIFICATE_SECRET }, type: 'kubernetes.io/tls', data: encoded };
    try {
      if (secret) await api.mergePatch(coreTypes.Secret, secret, { ...secret, data: { ...secret.data, ...encoded } });
      else await api.create(coreTypes.Secret, made);
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isConflict || error.isAlreadyExists)) throw error;
      throw new Error('another replica wrote the certificate at the same time; what it wrote comes by the watch');
    }
  }

  private async announce(data: CertificateData): Promise<void> {
    const { api, reach, failurePolicy, isEnabled } = this.options;
    const address: Reach = reach === 'local' ? { url: `https://127.0.0.1:${this.server.port}` } : { service: WEBHOOK_SERVICE };
    const options = isEnabled() ? { reach: address, authority: data['ca.crt'], failurePolicy } : undefined;
    for (const which of kindsOfHooks) {
      const configuration = configurationOf(which, options);
      // nothing to switch off where nothing was ever on
      if (!options && !this.configurations[which].get(CONFIGURATION_NAMES[which])) continue;
      await api.apply(configurationTypes[which], configuration);
    }
  }

  /** The authorities that the API server trusts for every webhook of ours. */
  private announced(): string {
    const bundles = kindsOfHooks.flatMap(which => this.configurations[which].get(CONFIGURATION_NAMES[which])?.webhooks ?? []).map(({ clientConfig }) => Buffer.from(clientConfig?.caBundle ?? '', 'base64').toString());
    const [first = '', ...rest] = bundles.map(certificatesIn).map(all => new Set(all));
    return first ? [...first].filter(each => rest.every(other => other.has(each))).join('') : '';
  }

  private names(): string[] {
    const { name, namespace } = WEBHOOK_SERVICE;
    return this.options.reach === 'local' ? ['127.0.0.1', 'localhost'] : [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
  }

  private lookAt(time: Date): void {
    this.cancelTimer();
    this.cancelTimer = this.clock.setTimeout(() => void this.look(), Math.max(0, time.getTime() - this.clock.now()));
  }

  private retry(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.options.log.warn({ err: error }, 'the webhook could not be brought up; it is tried again');
    if (this.served === '') this.problem = message;
    this.lookAt(new Date(this.clock.now() + RETRY_MS));
  }
}

function decoded(secret: SecretObject): Partial<CertificateData> {
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}
