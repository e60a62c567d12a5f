import type { ContainerSpec } from './types';
import { createArguments, envFile } from './engine';

const spec: ContainerSpec = {
  id: 'uid-main-0',
  image: { name: 'x', id: 'x', layers: ['/layer'], binds: [{ source: '/usr', target: '/usr' }], config: { entrypoint: [], cmd: [], env: [], workingDir: '/', user: '' }, addedAt: '' },
  dir: '/dir',
  command: ['sh', '-c', 'true'],
  env: { A: '1', CERT: 'a\nb' },
  workingDir: '/work',
  user: { uid: 1000, gid: 100, groups: [7] },
  hostname: 'pod',
  mounts: [{ source: '/data', target: '/kratix/output', readOnly: false }, { source: '/secret', target: '/s', readOnly: true }],
  readOnlyRoot: true,
  memoryLimit: 1024,
  cpuLimit: 0.5,
};

describe('container engines', () => {
  it('says all of a container in arguments', () => {
    const args = createArguments(spec, { reference: 'ref', cluster: 'abc', envFile: '/env' }).join(' ');
    expect(args).toBe(
      'create --name kratix-ts-uid-main-0 --label kratix-ts.dev/cluster=abc --network host --init --workdir /work --user 1000:100 --group-add 7 ' +
        '--security-opt no-new-privileges --read-only --memory 1024 --cpus 0.5 --env-file /env --env CERT=a\nb ' +
        '--mount type=bind,source=/usr,target=/usr,readonly --mount type=bind,source=/secret,target=/s,readonly --mount type=bind,source=/data,target=/kratix/output ' +
        '--entrypoint sh ref -c true',
    );
  });

  it('keeps values out of the list of processes where they fit on a line', () => {
    expect(envFile(spec.env)).toBe('A=1\n');
  });
});
