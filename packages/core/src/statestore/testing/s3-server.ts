import { createHash, randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  content: Buffer;
  etag: string;
  versionId: string;
  metadata: Record<string, string>;
}

/** A call as the server saw it: `PUT a/b.yaml`, `LIST dev/`. */
export interface S3Call {
  name: string;
  request: IncomingMessage;
}

export interface S3ServerOptions {
  /** ETags that are no md5, as with keys of a key service. */
  opaqueEtags?: boolean;
  /** Refuses preconditions, as old servers do. */
  noPreconditions?: boolean;
  /** Keeps versions. */
  versioned?: boolean;
  /** Objects in one page of a listing. */
  pageSize?: number;
}

const escape = (text: string) => text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/>/gu, '&gt;').replace(/"/gu, '&quot;');

/** A small S3 server in memory for tests: one bucket, the calls that this project makes. */
export class S3Server {
  readonly objects = new Map<string, Stored>();
  readonly calls: string[] = [];
  /** Uploads in parts that were started and not given up. */
  readonly uploads = new Set<string>();
  /** Answers instead of the server; undefined lets the call pass. */
  fault: ((call: S3Call, answer: ServerResponse) => 'handled' | undefined) | undefined;
  /** Called when a write is about to be looked at. */
  beforePut: ((key: string) => void) | undefined;

  private constructor(private readonly server: Server, readonly bucket: string, private readonly options: S3ServerOptions) {}

  static async start(options: S3ServerOptions = {}, bucket = 'kratix'): Promise<S3Server> {
    const listener = createServer();
    const server = new S3Server(listener, bucket, options);
    listener.on('request', (request: IncomingMessage, answer: ServerResponse) => void server.serve(request, answer));
    await new Promise<void>(resolve => {
      listener.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get texts(): Record<string, string> {
    return Object.fromEntries([...this.objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { content }]) => [key, content.toString()]));
  }

  /** Writes as somebody else would. */
  put(key: string, text: string, metadata: Record<string, string> = {}): Stored {
    const content = Buffer.from(text);
    const md5 = createHash('md5').update(content).digest('hex');
    const etag = this.options.opaqueEtags ? createHash('md5').update(randomUUID()).digest('hex') : md5;
    const stored = { content, etag, versionId: this.options.versioned ? randomUUID() : '', metadata };
    this.objects.set(key, stored);
    return stored;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => {
      this.server.close(resolve);
    });
  }

  /** Answers as servers do that refuse. */
  static refuse(answer: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): 'handled' {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} says the server</Message></Error>`;
    answer.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
    return 'handled';
  }

  private async serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isListing = request.method === 'GET' && key === '';
    const name = isListing ? `LIST ${url.searchParams.get('prefix') ?? ''}` : `${request.method} ${key}${url.search.startsWith('?upload') ? '?uploads' : ''}`;
    this.calls.push(name);
    if (this.fault?.({ name, request }, answer)) return;
    if (bucket !== this.bucket) S3Server.refuse(answer, 404, 'NoSuchBucket');
    else if (isListing) this.list(url, answer);
    else if (request.method === 'POST') this.startUpload(key, answer);
    else if (request.method === 'PUT') this.write(key, Buffer.concat(chunks), request, answer);
    else if (request.method === 'DELETE') this.remove(key, url, answer);
    else this.read(key, request, answer);
  }

  private list(url: URL, answer: ServerResponse): void {
    const keys = [...this.objects.keys()].filter(key => key.startsWith(url.searchParams.get('prefix') ?? '')).sort();
    const from = Number(url.searchParams.get('continuation-token') ?? 0);
    const to = from + (this.options.pageSize ?? 1000);
    const contents = keys.slice(from, to).map(key => `<Contents><Key>${escape(key)}</Key><ETag>&quot;${this.objects.get(key)?.etag}&quot;</ETag><Size>1</Size></Contents>`);
    const more = to < keys.length ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${to}</NextContinuationToken>` : '<IsTruncated>false</IsTruncated>';
    answer.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?><ListBucketResult>${contents.join('')}${more}</ListBucketResult>`);
  }

  private startUpload(key: string, answer: ServerResponse): void {
    const id = randomUUID();
    this.uploads.add(id);
    answer.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?><InitiateMultipartUploadResult><Key>${escape(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  private write(key: string, content: Buffer, { headers }: IncomingMessage, answer: ServerResponse): void {
    this.beforePut?.(key);
    const match = headers['if-match']?.replace(/"/gu, '');
    const isConditional = match !== undefined || headers['if-none-match'] !== undefined;
    if (isConditional && this.options.noPreconditions) {
      S3Server.refuse(answer, 501, 'NotImplemented');
      return;
    }
    const existing = this.objects.get(key);
    if (match !== undefined && !existing) S3Server.refuse(answer, 404, 'NoSuchKey');
    else if (match !== undefined ? existing?.etag !== match : headers['if-none-match'] && existing) S3Server.refuse(answer, 412, 'PreconditionFailed');
    else {
      const metadata = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-')).map(([name, value]) => [name, String(value)]));
      const stored = this.put(key, content.toString('latin1'), metadata);
      stored.content = content;
      if (!this.options.opaqueEtags) stored.etag = createHash('md5').update(content).digest('hex');
      answer.writeHead(200, { etag: `"${stored.etag}"`, ...(stored.versionId && { 'x-amz-version-id': stored.versionId }) }).end();
    }
  }

  private remove(key: string, url: URL, answer: ServerResponse): void {
    const upload = url.searchParams.get('uploadId');
    if (upload) this.uploads.delete(upload);
    else this.objects.delete(key);
    answer.writeHead(204).end();
  }

  private read(key: string, request: IncomingMessage, answer: ServerResponse): void {
    const stored = this.objects.get(key);
    if (!stored) {
      S3Server.refuse(answer, 404, 'NoSuchKey');
      return;
    }
    answer.writeHead(200, { etag: `"${stored.etag}"`, 'content-length': stored.content.length, ...stored.metadata });
    answer.end(request.method === 'HEAD' ? undefined : stored.content);
  }
}
