import { existsSync } from 'node:fs';
import { exec } from './exec.mjs';
import { images } from './images.mjs';
import { Failure } from './launch.mjs';
import { lastLines } from './mend.mjs';
import { at } from './paths.mjs';

async function load({ name, archive }, toolchain, loader) {
  const [program, ...args] = loader.split(' ');
  const { code, output } = await exec(program, [...args, name, archive], { env: toolchain.env });
  if (code !== 0) throw new Failure(`${loader} ${name} ${archive} failed:\n${lastLines(output, 15)}`);
}

/** Changes with the archive's content, so that a pod is started anew when its image is another under the same name. */
async function digestOf({ archive }) {
  const { output } = await exec('tar', ['-xOf', archive, 'index.json']);
  return JSON.parse(output).manifests[0].digest;
}

/** Brings images and manifests to the cluster of KUBECONFIG and waits until the engine works there. */
export async function deploy(toolchain, progress) {
  const { KUBECONFIG, LOAD_IMAGE } = process.env;
  if (!KUBECONFIG) throw new Failure('KUBECONFIG is not set: name the kubeconfig of the cluster that the engine is to run in.');
  const missing = images.find(({ archive }) => !existsSync(archive));
  if (missing) throw new Failure(`${missing.archive} is not there; run \`npm run images\` first.`);
  for (const image of LOAD_IMAGE ? images : []) {
    await progress.step(`Loading ${image.name}`, () => load(image, toolchain, LOAD_IMAGE));
  }
  if (!LOAD_IMAGE) progress.line(`LOAD_IMAGE is not set: the cluster must be able to pull ${images.map(({ name }) => name).join(' and ')}.`);
  const args = ['deploy', '--manifests', at('deploy'), '--kubeconfig', KUBECONFIG, '--digest', await digestOf(images[0])];
  const { code } = await exec(toolchain.node, [at('packages/cli/dist/kratix-ts.mjs'), ...args], { env: toolchain.env, inherit: true });
  if (code !== 0) throw new Failure('The engine was not deployed.');
}
