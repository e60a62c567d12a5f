import { z } from 'zod';

const schema = z
  .strictObject({
    delivery: z.enum(['apply', 'pull-request']).default('apply'),
    pullRequest: z
      .strictObject({
        /** Action that takes the file of the request from the workspace, such as publish:github:pull-request. */
        action: z.string().min(1),
        /** What else the action needs, such as repoUrl. */
        input: z.record(z.string(), z.unknown()).default({}),
      })
      .optional(),
  })
  .refine(({ delivery, pullRequest }) => delivery === 'apply' || pullRequest, {
    path: ['pullRequest'],
    message: 'is missing: say which action opens pull requests, and for which repository',
  });

/** What stands under `kratix.templates`: how the generated templates hand a request over. */
export type TemplateOptions = z.output<typeof schema>;

/** Reads `kratix.templates`. Throws an Error that names the field when a value cannot be understood. */
export function parseTemplateOptions(value: unknown): TemplateOptions {
  const { data, error } = schema.safeParse(value ?? {});
  if (data) return data;
  throw new Error(error.issues.map(({ path, message }) => `${['kratix.templates', ...path].join('.')}: ${message}`).join('; '));
}
