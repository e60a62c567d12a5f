import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { PodLogHandler } from '../api';
import { StatusError } from '../api';
import type { KeyAndCertificate } from '../auth/certificates';
import type { Webhooks } from '../admission/webhooks';
import type { Tokens } from '../auth/tokens';
import type { PolicyRule } from '../auth/rbac/rules';
import { impersonation } from '../auth/impersonation';
import { ANONYMOUS, type Attributes, type Authorizer, type User } from '../auth/user';
import { forbidden, noSuchPath } from '../registry/errors';
import type { Registry } from '../registry/registry';
import { aggregated, coreVersions, groupDocument, groupList, resourceList } from './discovery';
import { wantsAggregated } from './negotiate';
import { OpenApi } from './openapi';
import { object, replyFor, send, text, type Reply } from './reply';
import { flag, parseObject, parsePath, readBody, type Call, type ResourcePath } from './request';
import { ResourceHandlers } from './resources';
import { answerReview } from './reviews';
import { handleSubresource } from './subresources';
import { Watches } from './watches';

export interface ServerOptions {
  registry: Registry;
  tokens: Tokens;
  authorize: Authorizer;
  /** Everything that a user may do in a namespace, as far as roles tell. */
  rulesOf: (user: User, namespace: string) => PolicyRule[];
  webhooks: Webhooks;
  certificate: KeyAndCertificate;
  /** The authority that client certificates come from, PEM. */
  clientAuthority: string;
  podLogs: () => PodLogHandler | undefined;
  log: (message: string) => void;
}

const VERSION = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0+kratix-ts',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

/** The HTTP face of the registry. */
export class ApiServer {
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #watches: Watches;
  readonly #resources: ResourceHandlers;
  readonly #openapi: OpenApi;
  #address = '';

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#watches = new Watches(options.registry.store);
    this.#resources = new ResourceHandlers(options.registry, this.#watches, options.webhooks);
    this.#openapi = new OpenApi(options.registry.catalog);
    this.#server = createServer(
      {
        key: options.certificate.key,
        cert: options.certificate.certificate,
        ca: options.clientAuthority,
        requestCert: true,
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
        // small tools in pods, such as busybox's wget, sign with less than OpenSSL asks for by default; Kubernetes takes them
        ciphers: 'DEFAULT:@SECLEVEL=0',
        keepAliveTimeout: 90_000,
      },
      (request, response) => {
        this.#serve(request, response).catch(error => {
          options.log(`The API server could not answer ${request.method} ${request.url}: ${String(error)}`);
          response.destroy();
        });
      },
    );
    this.#server.requestTimeout = 0;
  }

  async listen(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address() as AddressInfo;
    this.#address = `${host}:${address.port}`;
    return address;
  }

  async close(): Promise<void> {
    this.#watches.end();
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const force = setTimeout(() => this.#server.closeAllConnections(), 500);
    await closed;
    clearTimeout(force);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const warnings: string[] = [];
    const unexpected = (error: unknown) =>
      this.#options.log(`${request.method} ${request.url} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    try {
      const reply = await this.#answer(await this.#toCall(request, response, warnings));
      if ('stream' in reply) await reply.stream(response);
      else send(response, reply, warnings);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const reply = replyFor(error, unexpected);
      send(response, reply, warnings, reply.status === 413);
    }
  }

  async #toCall(request: IncomingMessage, response: ServerResponse, warnings: string[]): Promise<Call> {
    const url = request.url ?? '/';
    const at = url.indexOf('?');
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const body = hasBody ? await readBody(request) : Buffer.alloc(0);
    const user = this.#impersonated(this.#userOf(request), request);
    const path = at < 0 ? url : url.slice(0, at);
    return {
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
      headers: request.headers,
      user,
      body,
      untilGone: () => untilGone(response),
      warnings,
      permitCreate: () => {
        const place = parsePath(path);
        if (place) this.#permit(user, { ...place, resource: place.plural, verb: 'create' });
      },
    };
  }

  #userOf(request: IncomingMessage): User {
    const { authorization } = request.headers;
    if (authorization) {
      const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
      const user = token && this.#options.tokens.userOf(token);
      if (!user) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
      return user;
    }
    return userOfCertificate(request.socket as TLSSocket) ?? ANONYMOUS;
  }

  #impersonated(user: User, request: IncomingMessage): User {
    const wanted = impersonation(request.headersDistinct);
    for (const need of wanted?.needs ?? []) this.#permit(user, need);
    return wanted?.user ?? user;
  }

  #permit(user: User, attributes: Attributes): void {
    const { allowed, reason } = this.#options.authorize(user, attributes);
    if (allowed) return;
    const { verb, path, group = '', resource = '', subresource, namespace, name = '' } = attributes;
    const what = path === undefined ? `resource "${subresource ? `${resource}/${subresource}` : resource}" in API group "${group}"` : `path "${path}"`;
    const where = namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope';
    throw path === undefined
      ? forbidden({ group, resource }, name, `User "${user.username}" cannot ${verb} ${what}${where}${reason ? `: ${reason}` : ''}`)
      : new StatusError(403, 'Forbidden', `forbidden: User "${user.username}" cannot ${verb} ${what}${reason ? `: ${reason}` : ''}`);
  }

  #answer(call: Call): Reply | Promise<Reply> {
    const path = parsePath(call.path);
    if (!path) {
      this.#permit(call.user, { verb: call.method.toLowerCase(), path: call.path });
      return this.#document(call);
    }
    this.#permit(call.user, attributesOf(call, path));
    const place = this.#resources.place(path);
    const { resource, name, subresource } = place;
    if (resource.verbs.length === 1) return this.#review(call, path.namespace);
    if (subresource !== undefined && name !== undefined) {
      const reply = handleSubresource(call, { ...place, name, subresource, user: call.user }, this.#options);
      if (reply) return reply;
    }
    return this.#resources.handle(call, place);
  }

  #review(call: Call, namespace: string | undefined): Reply {
    const { authorize, tokens } = this.#options;
    return object(answerReview(parseObject(call).object, { user: call.user, authorize, rulesOf: this.#options.rulesOf, tokens, namespace }), 201);
  }

  /** Everything that is no object of a kind. */
  #document(call: Call): Reply {
    const { catalog } = this.#options.registry;
    const format = wantsAggregated(call.headers.accept);
    const [first, second, third, ...rest] = call.path.split('/').filter(Boolean);
    switch (first) {
      case 'healthz':
      case 'livez':
      case 'readyz':
        return text('ok');
      case 'version':
        return object(VERSION);
      case 'openapi':
        return this.#openapi.serve(call.path, call.headers.accept);
      case 'api':
        if (second === undefined) return format ? aggregatedReply(aggregated(catalog, 'api', format), format) : object(coreVersions(this.#address));
        if (second === 'v1' && third === undefined) return object(resourceList(catalog, '', 'v1'));
        break;
      case 'apis':
        if (second === undefined) return format ? aggregatedReply(aggregated(catalog, 'apis', format), format) : object(groupList(catalog));
        if (rest.length === 0) return this.#group(second, third);
        break;
      case undefined:
        return object({ paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] });
      default:
    }
    throw noSuchPath();
  }

  #group(name: string, version: string | undefined): Reply {
    const { catalog } = this.#options.registry;
    const group = groupDocument(catalog, name);
    const versions = catalog.groups().find(known => known.name === name)?.versions ?? [];
    if (group && version === undefined) return object(group);
    if (!group || version === undefined || !versions.includes(version)) throw noSuchPath();
    return object(resourceList(catalog, name, version));
  }
}

function aggregatedReply(document: object, format: string): Reply {
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${format};as=APIGroupDiscoveryList`;
  return { status: 200, json: JSON.stringify(document), contentType };
}

function untilGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}

const certified = new WeakMap<TLSSocket, User>();

/** The user that a client certificate of this cluster's authority names: CN is the name, each O a group. */
function userOfCertificate(socket: TLSSocket): User | undefined {
  const known = certified.get(socket);
  if (known || !socket.authorized) return known;
  // Nothing is known of a connection that has ended meanwhile.
  const subject = (socket.getPeerCertificate() as PeerCertificate | null)?.subject;
  if (!subject?.CN) return undefined;
  const groups = subject.O === undefined ? [] : [subject.O].flat();
  const user = { username: [subject.CN].flat()[0], groups: [...groups, 'system:authenticated'] };
  certified.set(socket, user);
  return user;
}

const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

function attributesOf(call: Call, { group, version, plural, namespace, name, subresource }: ResourcePath): Attributes {
  const reads = name === undefined ? 'list' : 'get';
  const reading = flag(call.query, 'watch') ? 'watch' : reads;
  const verb = call.method === 'GET' ? reading : (VERBS[call.method] ?? call.method.toLowerCase());
  // A namespace lies in itself; a list of one object by its name is about that object.
  const place = namespace ?? (!group && plural === 'namespaces' ? name : undefined);
  const selected = name ?? (verb === 'list' || verb === 'watch' ? /(?:^|,)metadata\.name==?([^,]+)(?:,|$)/.exec(call.query.get('fieldSelector') ?? '')?.[1] : undefined);
  return {
    verb: verb === 'delete' && name === undefined ? 'deletecollection' : verb,
    group,
    version,
    resource: plural,
    ...(place === undefined ? {} : { namespace: place }),
    ...(selected === undefined ? {} : { name: selected }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
