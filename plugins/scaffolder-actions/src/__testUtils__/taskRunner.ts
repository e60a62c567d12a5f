import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import type { ActionContext, TemplateAction } from '@backstage/plugin-scaffolder-node';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { parseYaml } from '@kratix-ts/core/kube';
import { tmpdir } from 'node:os';

export type Fields = Record<string, unknown>;

const mockContext = createMockActionContext();

export interface Task {
  ctx: Fields;
  /** What was logged. */
  lines: string[];
  outputs: Fields;
}

/** The context of a step, with checkpoints that are kept as those of a task that is run again are. */
export function aTask(input: Fields, extra: Fields = {}, checkpoints = new Map<string, unknown>()): Task {
  const lines: string[] = [];
  const outputs: Fields = {};
  const write = (message: string) => void lines.push(message);
  const ctx = {
    ...mockContext,
    input,
    workspacePath: tmpdir(),
    logger: mockServices.logger.mock({ info: write, debug: write, warn: write }),
    user: { ref: 'user:default/ana' },
    output: (name: string, value: unknown) => void (outputs[name] = value),
    getInitiatorCredentials: async () => mockCredentials.user('user:default/ana'),
    checkpoint: async ({ key, fn }: { key: string; fn: () => Promise<unknown> }) => {
      if (!checkpoints.has(key)) checkpoints.set(key, await fn());
      return checkpoints.get(key);
    },
    ...extra,
  };
  return { ctx, lines, outputs };
}

export async function runStep(action: { handler: unknown }, { ctx }: Task): Promise<void> {
  await (action as TemplateAction).handler(ctx as unknown as ActionContext<never>);
}

const valueAt = (values: unknown, path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined), values);

/** Fills in `${{ a.b }}`, as the templating of the scaffolder does for plain paths: a whole value stays what it is. */
export function filledIn(value: unknown, values: Fields): unknown {
  if (Array.isArray(value)) return value.map(item => filledIn(item, values));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner, values)]));
  if (typeof value !== 'string') return value;
  const whole = /^\$\{\{\s*([\w.-]+)\s*\}\}$/.exec(value);
  if (whole) return valueAt(values, whole[1].split('.'));
  return value.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, path: string) => String(valueAt(values, path.split('.'))));
}

export interface Step {
  id: string;
  action: string;
  input: Fields;
}

/** The steps that the YAML of an example holds, with the parameters filled in. */
export function stepsOf(example: string, parameters: Fields): Step[] {
  const { steps } = parseYaml(example) as { steps: Step[] };
  return steps.map(step => ({ ...step, input: filledIn(step.input, { parameters }) as Fields }));
}
