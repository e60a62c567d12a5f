import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Span, type Tracer } from '@opentelemetry/api';
import type { CallRecord } from '../kube/types';
import type { Logger } from './logger';

/** Where spans go. */
export interface SpanSink {
  tracer(name: string): Pick<Tracer, 'startSpan'>;
  /** Sends what waits, and ends. */
  close(): Promise<void>;
}

/** Names the span of one reconcile. */
export interface SpanNote {
  tracer: string;
  name: string;
  attributes: Attributes;
}

/** The span of a reconcile that is under way. */
export interface RunningSpan {
  traceId: string;
  /** Calls of the API server that are made meanwhile become its children. */
  run<T>(work: () => T): T;
  end(failure?: unknown): void;
}

/** Calls of these kinds alone are traced. */
const TRACED = '/apis/platform.kratix.io/';

/**
 * Traces of reconciles and of the calls that they make. Until a sink is there, nothing is recorded and nothing is
 * loaded; `open` makes one from the settings, which may change at any time. Source: B-OBS-5.
 */
export class Tracing<Settings> {
  private sink?: SpanSink;
  private readonly current = new AsyncLocalStorage<Span>();
  private changing: Promise<void> = Promise.resolve();

  constructor(private readonly open: (settings: Settings) => Promise<SpanSink>, private readonly log: Logger) {}

  get isOn(): boolean {
    return this.sink !== undefined;
  }

  /** Sends spans where these settings say from now on; nowhere without any. What fails is logged, and harms nothing. */
  use(settings: Settings | undefined): Promise<void> {
    this.changing = this.changing.then(async () => {
      const former = this.sink;
      this.sink = undefined;
      try {
        await former?.close();
        this.sink = settings && (await this.open(settings));
      } catch (error) {
        this.log.warn({ err: error }, 'traces cannot be sent');
      }
    });
    return this.changing;
  }

  /** Begins a span; undefined where nobody listens. */
  begin({ tracer, name, attributes }: SpanNote): RunningSpan | undefined {
    const span = this.sink?.tracer(tracer).startSpan(name, { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
    return (
      span && {
        traceId: span.spanContext().traceId,
        run: work => this.current.run(span, work),
        end: failure => endSpan(span, failure),
      }
    );
  }

  /** Notes a call that is over: `connect({ onCall: tracing.recordCall })`. */
  readonly recordCall = ({ method, path, isWatch, code, ms }: CallRecord): void => {
    const parent = this.current.getStore();
    if (!this.sink || !parent || isWatch || !path.startsWith(TRACED)) return;
    const now = Date.now();
    const attributes = { 'http.request.method': method, 'http.response.status_code': code, 'url.path': path };
    const span = this.sink.tracer('kubernetes').startSpan(`k8s ${method} ${path}`, { kind: SpanKind.CLIENT, attributes, startTime: now - ms }, trace.setSpan(context.active(), parent));
    if (code === 0 || code >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(now);
  };
}

function endSpan(span: Span, failure: unknown): void {
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure instanceof Error ? failure.message : String(failure) });
  span.end();
}
