import { SpanKind, SpanStatusCode, trace, type SpanOptions } from '@opentelemetry/api';
import { eventually } from '../testing/eventually';
import { aLogger } from '../testing/silent-logger';
import { Controller } from './controller';
import { Tracing, type SpanSink } from './tracing';

interface Recorded {
  tracer: string;
  name: string;
  options?: SpanOptions;
  parent?: string;
  status?: { code: SpanStatusCode; message?: string };
  hasEnded: boolean;
}

function aSink() {
  const spans: Recorded[] = [];
  let isClosed = false;
  const sink: SpanSink = {
    tracer: tracer => ({
      startSpan(name, options, context) {
        const span: Recorded = { tracer, name, options, parent: context && trace.getSpan(context)?.spanContext().spanId, hasEnded: false };
        spans.push(span);
        const made = trace.wrapSpanContext({ traceId: `trace-${spans.length}`, spanId: name, traceFlags: 1 });
        made.setStatus = status => {
          span.status = status;
          return made;
        };
        made.end = () => {
          span.hasEnded = true;
        };
        return made;
      },
    }),
    close: async () => {
      isClosed = true;
    },
  };
  return { sink, spans, isClosed: () => isClosed };
}

const call = { method: 'PATCH', path: '/apis/platform.kratix.io/v1alpha1/works/w/status', isWatch: false, code: 409, ms: 3 };

it('B-OBS-5: a reconcile is a span, its calls are children, and its lines name the trace', async () => {
  const { sink, spans } = aSink();
  const log = aLogger();
  const tracing = new Tracing(async () => sink, log);
  const controller = new Controller({
    name: 'widget',
    log,
    reconcile: async () => {
      tracing.recordCall(call);
      tracing.recordCall({ ...call, path: '/api/v1/pods' });
      throw new Error('it went wrong');
    },
  });
  controller.trace(tracing, key => ({ tracer: 't', name: `${key}/WidgetReconcile`, attributes: { a: 1 } }));
  await tracing.use({});
  controller.start();
  controller.enqueue('one');
  await eventually('the span', () => spans[0]?.hasEnded);
  await controller.stop();
  expect(spans.slice(0, 2)).toMatchObject([
    { tracer: 't', name: 'one/WidgetReconcile', options: { kind: SpanKind.SERVER, attributes: { a: 1 } }, status: { code: SpanStatusCode.ERROR, message: 'it went wrong' } },
    { name: `k8s PATCH ${call.path}`, options: { kind: SpanKind.CLIENT }, parent: 'one/WidgetReconcile', status: { code: SpanStatusCode.ERROR }, hasEnded: true },
  ]);
  expect(log.lines[0].fields).toMatchObject({ trace_id: 'trace-1' });
});

it('records nothing where nobody listens, and changes with the settings', async () => {
  const { sink, spans, isClosed } = aSink();
  const opened: unknown[] = [];
  const log = aLogger();
  const tracing = new Tracing(async (settings: string) => {
    opened.push(settings);
    if (settings === 'broken') throw new Error('no such endpoint');
    return sink;
  }, log);
  await tracing.use(undefined);
  expect([tracing.isOn, tracing.begin({ tracer: 't', name: 'n', attributes: {} })]).toEqual([false, undefined]);
  tracing.recordCall(call);
  await tracing.use('there');
  expect(tracing.isOn).toBe(true);
  await tracing.use('broken');
  expect([tracing.isOn, isClosed(), spans.length]).toEqual([false, true, 0]);
  expect(log.lines).toMatchObject([{ level: 'warn', message: 'traces cannot be sent' }]);
  expect(opened).toEqual(['there', 'broken']);
});
