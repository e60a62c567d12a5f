import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RequestId } from '../service/RequestLocator';
import type { RequestService } from '../service/RequestService';
import { idOf, type ActionServices } from './ActionServices';
import { explain } from './explanation';
import { phaseFields, placeFields, requestFields } from './schemas';

const LINES = 20;
const LONGEST_LOG = 8000;

/** The last lines of the container that tells most; nothing where there is no log, or no more. */
async function lastLines(service: RequestService, id: RequestId): Promise<string[]> {
  const stop = new AbortController();
  try {
    let log = '';
    for await (const chunk of service.logs(id, { tailLines: LINES }, stop.signal)) {
      log = `${log}${chunk}`.slice(-LONGEST_LOG);
    }
    return log.split('\n').filter(line => line.trim() !== '').slice(-LINES);
  } catch {
    return [];
  } finally {
    stop.abort();
  }
}

/** `explain-request`: why a request is as it is, and what comes next. */
export function registerExplainRequest(registry: ActionsRegistryService, { clusters, service, show }: ActionServices): void {
  registry.register({
    name: 'explain-request',
    title: 'Explain a request',
    description: [
      'Says why a request is not ready: a sentence, the step and container that failed with its exit code, the last lines of its log,',
      'warnings of Kubernetes, destinations without its files, and what to do next. Use it when somebody asks why something failed,',
      'hangs or is missing. Log lines are only there for callers who may read logs.',
    ].join(' '),
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object(requestFields(z)),
      output: z =>
        z.object({
          ...placeFields(z),
          ...phaseFields(z),
          step: z.string().optional(),
          container: z.string().optional(),
          exitCode: z.number().optional(),
          reason: z.string().optional(),
          conditions: z.array(z.string()),
          events: z.array(z.string()),
          undelivered: z.array(z.string()),
          lastLogLines: z.array(z.string()),
          nextStep: z.string(),
        }),
    },
    action: async ({ input, credentials }) => {
      const id = idOf(clusters, input);
      const detail = await show(id, credentials);
      const { cluster, promise, kind, namespace, name } = detail;
      const lastLogLines = detail.abilities.readLogs ? await lastLines(service, id) : [];
      return { output: { cluster, promise, kind, namespace, name, ...explain(detail), lastLogLines } };
    },
  });
}
