import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueCertificate, makeAuthority } from '../../../packages/local-cluster/src/auth/certificates';

interface AskedObject {
  metadata: { name: string; labels?: Record<string, string> };
  spec?: { size?: number };
}

/** The `request` of an AdmissionReview, as much as tests look at. */
export interface Asked {
  uid: string;
  operation: string;
  kind: object;
  resource: { resource: string };
  subResource?: string;
  name?: string;
  namespace?: string;
  dryRun?: boolean;
  userInfo: { username: string };
  object: AskedObject | null;
  oldObject: AskedObject | null;
  options: object;
}

type Answer = { allowed: boolean; status?: object; warnings?: string[]; patch?: object[] };

/** An admission webhook on this machine, for a cluster whose API server runs on it, too. */
export class TestWebhook {
  /** What it was asked, oldest first. */
  readonly asked: Asked[] = [];
  /** What it answers to. */
  answer: (request: Asked) => Answer | Promise<Answer> = () => ({ allowed: true });
  private constructor(private readonly server: Server, private readonly ca: string) {}

  static async open(): Promise<TestWebhook> {
    const now = new Date();
    const authority = makeAuthority(now);
    const { key, certificate } = issueCertificate(authority, { commonName: 'webhook' }, ['127.0.0.1', 'localhost'], now);
    const server = createServer({ key, cert: certificate });
    const webhook = new TestWebhook(server, authority.certificate);
    server.on('request', (incoming, outgoing) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', chunk => (text += chunk));
      incoming.on('end', async () => {
        const request = JSON.parse(text).request as Asked;
        webhook.asked.push(request);
        const { patch, ...rest } = await webhook.answer(request);
        const changes = patch ? { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') } : {};
        outgoing.setHeader('Content-Type', 'application/json');
        outgoing.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: request.uid, ...rest, ...changes } }));
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return webhook;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get clientConfig() {
    return { url: `https://127.0.0.1:${this.port}/check`, caBundle: Buffer.from(this.ca).toString('base64') };
  }

  /** Forgets what it was asked, and answers in this way from now on. */
  on(answer: (request: Asked) => Answer | Promise<Answer>): void {
    this.asked.length = 0;
    this.answer = answer;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }
}
