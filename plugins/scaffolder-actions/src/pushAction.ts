import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { addFiles, cloneRepo, commitAndPushBranch, createBranch, createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { kratixBranchPushPermission } from '@kratix-ts/backstage-plugin-kratix-common';
import { cp } from 'node:fs/promises';
import { authorize, type ActionOptions } from './access';
import { pushExamples } from './examples';
import { repositoryOf, type Repository } from './repositories';

export interface PushOptions extends Pick<ActionOptions, 'permissions'> {
  repositories: Repository[];
}

/** What a branch may be called, so that git and every host take it. */
const BRANCH = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

/** `kratix:branch:push`: pushes files of the workspace on a branch of their own, for a host without a pull-request action. */
export function createPushAction({ repositories, permissions }: PushOptions) {
  return createTemplateAction({
    id: 'kratix:branch:push',
    description: 'Pushes files of the workspace on a new branch of a repository of kratix.repositories, on any host',
    examples: pushExamples,
    supportsDryRun: true,
    schema: {
      input: {
        repository: z => z.string().describe('Name of a repository in kratix.repositories'),
        branch: z => z.string().describe('Name of the branch'),
        path: z => z.string().describe('File or folder of the workspace; it keeps its place'),
        message: z => z.string().describe('Message of the commit'),
      },
      output: {
        branch: z => z.string().describe('Name of the branch'),
        commit: z => z.string().describe('Hash of the commit'),
      },
    },
    async handler(ctx) {
      const { branch, path, message } = ctx.input;
      // The credentials are the portal's: whether they may be used for this user is asked before anything is looked up.
      await authorize({ permissions }, ctx, kratixBranchPushPermission);
      const { name, url, username, password, base } = repositoryOf(repositories, ctx.input.repository);
      if (!BRANCH.test(branch) || branch === (base ?? 'main')) throw new InputError(`branch: "${branch}" is no name for a branch of its own`);
      const source = resolveSafeChildPath(ctx.workspacePath, path);
      ctx.output('branch', branch);
      if (ctx.isDryRun) {
        ctx.logger.info(`Would push ${path} on branch ${branch} of ${name}`);
        return;
      }
      const auth = { username, password };
      const push = async (): Promise<string> => {
        const dir = await ctx.createTemporaryDirectory();
        await cloneRepo({ url, dir, auth, logger: ctx.logger, ref: base, depth: 1 });
        await createBranch({ dir, auth, ref: branch });
        await cp(source, resolveSafeChildPath(dir, path), { recursive: true });
        await addFiles({ dir, auth, filepath: path });
        const author = ctx.user?.ref ?? 'the portal';
        const commitMessage = `${message}\n\nRequested-by: ${author}\n`;
        return (await commitAndPushBranch({ dir, auth, logger: ctx.logger, commitMessage, branch, remoteRef: `refs/heads/${branch}` })).commitHash;
      };
      const commit = await ctx.checkpoint({ key: `kratix.push.${name}.${branch}`, fn: push });
      ctx.output('commit', commit);
      ctx.logger.info(`Pushed ${path} on branch ${branch} of ${name}`);
    },
  });
}
