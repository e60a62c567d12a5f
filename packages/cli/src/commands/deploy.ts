import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, type Input, number, text, UsageError } from '../command';
import { deployEngine, type DeployOptions } from '../engine/deploy';
import { createProgress } from '../progress';

/** Installs the engine into a cluster from its manifests. */
export const deploy: Command = {
  name: 'deploy',
  summary: 'Installs the engine into a cluster and waits until it works there',
  usage: ['kratix-ts deploy --manifests DIR [--kubeconfig FILE]'],
  options: {
    manifests: { type: 'string', value: 'DIR', text: 'a folder with a kustomization.yaml that lists plain files' },
    kubeconfig: { type: 'string', value: 'FILE', text: 'the cluster; else KUBECONFIG or ~/.kube/config' },
    digest: { type: 'string', value: 'DIGEST', text: "digest of the engine's image: another one starts the pods anew" },
    timeout: { type: 'string', value: 'SECONDS', text: 'how long the engine may take to be available (180)' },
  },
  run: async input => {
    const progress = createProgress(input.stdout);
    await deployEngine(optionsOf(input), progress, input.signal);
    return 0;
  },
};

function optionsOf(input: Input): DeployOptions {
  if (input.positionals.length > 0) throw new UsageError(`"${input.positionals[0]}" is one word too many`);
  const manifests = text(input, 'manifests');
  if (manifests === undefined) throw new UsageError('--manifests DIR is missing');
  if (!existsSync(resolve(manifests, 'kustomization.yaml'))) throw new UsageError(`--manifests ${manifests}: there is no kustomization.yaml`);
  const kubeconfig = text(input, 'kubeconfig');
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) throw new UsageError(`--kubeconfig ${kubeconfig}: there is no such file`);
  const digest = text(input, 'digest');
  return { manifests: resolve(manifests), timeoutMs: (number(input, 'timeout', 1, 3_600) ?? 180) * 1_000, ...(kubeconfig && { kubeconfig }), ...(digest && { digest }) };
}
