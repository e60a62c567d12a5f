import { randomUUID } from 'node:crypto';

const PATIENCE_MS = 5_000;

/** One change of a run as a CloudEvent 1.0, in structured JSON. */
function eventOf(run, source) {
  const { target, promiseName, type, action, trigger } = run.spec;
  const { phase, message, startedAt, finishedAt } = run.status;
  return {
    specversion: '1.0',
    id: randomUUID(),
    source,
    type: `dev.kratix-ts.workflowrun.${phase.toLowerCase()}`,
    subject: [target.namespace, target.kind, target.name].filter(Boolean).join('/'),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { run: run.metadata.name, promise: promiseName, type, action, trigger, phase, message, startedAt, finishedAt },
  };
}

async function post(url, headers, event) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`${new URL(url).host} answers with ${response.status}`);
}

/** `options`: `url` of the endpoint, `source` of the events, `headers` to send along. */
export default function cloudEvents({ options }) {
  const { url, source = 'kratix-ts', headers = {} } = options;
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error(`options.url must be the address of an endpoint, is ${JSON.stringify(url)}`);
  const told = new Map();
  return {
    name: 'cloud-events',
    listeners: [
      {
        async onRun(run) {
          const { uid } = run.metadata;
          const phase = run.status?.phase;
          // a record changes more often than its phase
          if (!phase || told.get(uid) === phase) return;
          told.delete(uid);
          told.set(uid, phase);
          if (told.size > 10_000) told.delete(told.keys().next().value);
          await post(url, headers, eventOf(run, source));
        },
      },
    ],
  };
}
