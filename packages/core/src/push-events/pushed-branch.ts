import { z } from 'zod';

const push = z.object({ ref: z.string() });

/** The branch that the body of a push event is about; undefined where it does not say. GitHub, GitLab and Gitea say it alike. */
export function pushedBranch(body: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { data } = push.safeParse(parsed);
  return /^refs\/heads\/(.+)$/u.exec(data?.ref ?? '')?.[1];
}
