import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { aName } from './support/names';

/*
 * What a user of the real kubectl sees. The same expectations hold for an embedded cluster and for a real one.
 * KUBECTL names the program; by default the one on PATH.
 */

const program = process.env.KUBECTL || 'kubectl';
const kubeconfig = process.env.KRATIX_TEST_KUBECONFIG ?? process.env.KUBECONFIG ?? '';
const image = process.env.KRATIX_TEST_IMAGE ?? 'docker.io/library/busybox:latest';
const OLDEST = 30;

function problemWithKubectl(): string | undefined {
  try {
    const { clientVersion } = JSON.parse(execFileSync(program, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }));
    const minor = Number.parseInt(clientVersion.minor, 10);
    return minor >= OLDEST ? undefined : `kubectl is 1.${minor}, and this needs 1.${OLDEST} or newer; name another one with KUBECTL`;
  } catch {
    return 'there is no kubectl here; install it, or name it with KUBECTL';
  }
}

interface Result {
  code: number;
  out: string;
  error: string;
}

function kubectl(args: string[], input?: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['--kubeconfig', kubeconfig, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, error] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => (out += text));
    child.stderr.setEncoding('utf8').on('data', text => (error += text));
    child.on('error', reject).on('close', code => resolve({ code: code ?? -1, out: out.trim(), error: error.trim() }));
    child.stdin.end(input === undefined ? '' : JSON.stringify(input));
  });
}

/** The output of a command that must succeed. */
async function ok(args: string[], input?: unknown): Promise<string> {
  const { code, out, error } = await kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${error || out}`);
  return out;
}

/** As much of an object as these tests look at. */
interface Shown {
  metadata: { uid: string; generation?: number; labels?: object; annotations?: object; managedFields: { manager: string; operation: string }[] };
  data?: object;
  subjects?: object[];
  spec: { size: number; template: { spec: { containers: { name: string }[] } } };
}

async function json(args: string[]): Promise<Shown> {
  return JSON.parse(await ok([...args, '-o', 'json']));
}

/** The table's lines with single spaces, and every age written as AGE. */
function rows(table: string): string[] {
  return table.split('\n').map(line => line.trim().replace(/\s+/g, ' ').replace(/ \d+[smhd](\d+[smhd])?( |$)/g, ' AGE$2'));
}

const problem = problemWithKubectl();
const group = `${aName('kubectl-')}.example.com`;
const namespace = aName('kubectl-');
const definitionName = `gadgets.${group}`;

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: definitionName },
  spec: {
    group,
    scope: 'Cluster',
    names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', shortNames: [aName('gdg')] },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Status', type: 'string', jsonPath: '.status.phase' },
          { name: 'Size', type: 'integer', jsonPath: '.spec.size', priority: 1 },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A gadget is what somebody asks a platform for.',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1, description: 'How large it is.' },
                  color: { type: 'string', enum: ['red', 'green'], default: 'red' },
                  api: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  steps: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, image: { type: 'string' } } },
                  },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

function gadget(name: string, spec: object, metadata: object = {}) {
  return { apiVersion: `${group}/v1alpha1`, kind: 'Gadget', metadata: { name, ...metadata }, spec };
}

const gadgets = definitionName;

(problem ? describe.skip : describe)(problem ?? 'kubectl', () => {
  beforeAll(async () => {
    await ok(['create', 'namespace', namespace]);
    await ok(['apply', '-f', '-'], definition);
    await ok(['wait', '--for=condition=Established', `crd/${definitionName}`, '--timeout=30s']);
  });

  afterAll(async () => {
    if (problem) return;
    await kubectl(['delete', 'crd', definitionName, '--ignore-not-found', '--wait=false']);
    await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
  });

  const inNamespace = (...args: string[]) => ['-n', namespace, ...args];

  describe('apply', () => {
    it('creates, leaves alone, changes and takes away a ConfigMap', async () => {
      const map = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data });
      expect(await ok(['apply', '-f', '-'], map({ a: '1', b: '2' }))).toBe('configmap/settings created');
      expect(await ok(['apply', '-f', '-'], map({ a: '1', b: '2' }))).toBe('configmap/settings unchanged');
      expect(await ok(['apply', '-f', '-'], map({ a: '3' }))).toBe('configmap/settings configured');
      expect((await json(inNamespace('get', 'configmap', 'settings'))).data).toEqual({ a: '3' });
    });

    it('applies a Secret twice', async () => {
      const secret = (stringData: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace }, stringData });
      expect(await ok(['apply', '-f', '-'], secret({ a: 'one' }))).toBe('secret/keys created');
      expect(await ok(['apply', '-f', '-'], secret({ a: 'two' }))).toBe('secret/keys configured');
      expect((await json(inNamespace('get', 'secret', 'keys'))).data).toEqual({ a: Buffer.from('two').toString('base64') });
    });

    it('applies a custom object twice, counts generations and keeps free-form parts', async () => {
      const api = { kind: 'Anything', nested: { list: [1, 'two', null], deep: { x: true } } };
      expect(await ok(['apply', '-f', '-'], gadget('first', { size: 1, api }))).toBe(`gadget.${group}/first created`);
      expect(await ok(['apply', '-f', '-'], gadget('first', { size: 1, api }))).toBe(`gadget.${group}/first unchanged`);
      expect(await ok(['apply', '-f', '-'], gadget('first', { size: 2, api }, { labels: { team: 'a' } }))).toBe(`gadget.${group}/first configured`);
      const { metadata, spec } = await json(['get', gadgets, 'first']);
      expect(metadata).toMatchObject({ generation: 2, labels: { team: 'a' } });
      expect(spec).toEqual({ size: 2, color: 'red', api });
    });

    it('applies a Role, a Deployment and a Job twice', async () => {
      const role = (verbs: string[]) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace }, rules: [{ apiGroups: [''], resources: ['pods'], verbs }] });
      expect(await ok(['apply', '-f', '-'], role(['get']))).toBe('role.rbac.authorization.k8s.io/reader created');
      expect(await ok(['apply', '-f', '-'], role(['get', 'list']))).toBe('role.rbac.authorization.k8s.io/reader configured');
      const deployment = (env: object[]) => ({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace },
        spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image, env }] } } },
      });
      expect(await ok(['apply', '-f', '-'], deployment([{ name: 'A', value: '1' }, { name: 'B', value: '2' }]))).toBe('deployment.apps/web created');
      expect(await ok(['apply', '-f', '-'], deployment([{ name: 'B', value: '3' }]))).toBe('deployment.apps/web configured');
      expect(await ok(['apply', '-f', '-'], deployment([{ name: 'B', value: '3' }]))).toBe('deployment.apps/web unchanged');
      const [container] = (await json(inNamespace('get', 'deployment', 'web'))).spec.template.spec.containers;
      expect(container).toMatchObject({ name: 'main', env: [{ name: 'B', value: '3' }], terminationMessagePath: '/dev/termination-log' });
    });

    it('applies a list of objects', async () => {
      const item = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: {} });
      expect(await ok(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: [item('one'), item('two')] })).toBe('configmap/one created\nconfigmap/two created');
    });

    it('refuses unknown fields, wrong values and missing fields with the field’s name', async () => {
      const unknown = await kubectl(['apply', '-f', '-'], gadget('bad', { size: 1, colour: 'red' }));
      expect(unknown.code).toBe(1);
      expect(unknown.error).toContain('unknown field "spec.colour"');
      const wrong = await kubectl(['apply', '-f', '-'], gadget('bad', { size: 0, color: 'blue' }));
      expect(wrong.error).toContain('The Gadget "bad" is invalid');
      expect(wrong.error).toContain('spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1');
      expect(wrong.error).toContain('spec.color: Unsupported value: "blue": supported values: "red", "green"');
      const missing = await kubectl(['apply', '-f', '-'], gadget('bad', {}));
      expect(missing.error).toContain('spec.size: Required value');
    });

    it('applies on the server, hands over fields and reports conflicts', async () => {
      const steps = (...names: string[]) => names.map(name => ({ name, image: `${name}:1` }));
      const apply = (manager: string, spec: object, ...more: string[]) =>
        kubectl(['apply', '--server-side', `--field-manager=${manager}`, ...more, '-f', '-'], gadget('shared', spec));
      expect((await apply('one', { size: 1, steps: steps('a', 'b') })).out).toBe(`gadget.${group}/shared serverside-applied`);
      const refused = await apply('two', { size: 5 });
      expect(refused.code).toBe(1);
      expect(refused.error).toContain('conflict with "one": .spec.size');
      expect((await apply('two', { size: 5, steps: steps('c') }, '--force-conflicts')).code).toBe(0);
      expect((await apply('one', { size: 5, steps: steps('b') })).code).toBe(0);
      const { spec, metadata } = await json(['get', gadgets, 'shared', '--show-managed-fields']);
      expect(spec).toEqual({ size: 5, color: 'red', steps: steps('b', 'c') });
      expect(metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`).sort()).toEqual(['one Apply', 'two Apply']);
    });

    it('moves from applying in the client to applying on the server', async () => {
      await ok(['apply', '-f', '-'], gadget('moved', { size: 1, color: 'green' }));
      await ok(['apply', '--server-side', '-f', '-'], gadget('moved', { size: 1 }));
      expect((await json(['get', gadgets, 'moved'])).spec).toEqual({ size: 1, color: 'red' });
    });

    it('shows what an apply would change, and changes nothing', async () => {
      const same = await kubectl(['diff', '-f', '-'], gadget('first', { size: 2, api: { kind: 'Anything', nested: { list: [1, 'two', null], deep: { x: true } } } }, { labels: { team: 'a' } }));
      expect(same).toMatchObject({ code: 0, out: '' });
      const { code, out } = await kubectl(['diff', '-f', '-'], gadget('first', { size: 9 }, { labels: { team: 'a' } }));
      expect(code).toBe(1);
      expect(out).toMatch(/^-\s+size: 2$/m);
      expect(out).toMatch(/^\+\s+size: 9$/m);
      expect((await json(['get', gadgets, 'first'])).spec.size).toBe(2);
      expect(await ok(['apply', '--dry-run=server', '-f', '-'], gadget('never', { size: 1 }))).toBe(`gadget.${group}/never created (server dry run)`);
      expect((await kubectl(['get', gadgets, 'never'])).error).toBe(`Error from server (NotFound): gadgets.${group} "never" not found`);
    });
  });

  describe('get', () => {
    it('prints tables with the columns of the definition', async () => {
      await ok(['patch', gadgets, 'first', '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Ready"}}']);
      expect(rows(await ok(['get', gadgets, 'first']))).toEqual(['NAME STATUS', 'first Ready']);
      expect(rows(await ok(['get', gadgets, 'first', '-o', 'wide']))).toEqual(['NAME STATUS SIZE', 'first Ready 2']);
      expect(rows(await ok(['get', gadgets, 'first', '--show-labels']))).toEqual(['NAME STATUS LABELS', 'first Ready team=a']);
      expect(rows(await ok(inNamespace('get', 'secret', 'keys')))).toEqual(['NAME TYPE DATA AGE', 'keys Opaque 1 AGE']);
      expect(rows(await ok(inNamespace('get', 'configmap', 'settings')))).toEqual(['NAME DATA AGE', 'settings 1 AGE']);
      expect(rows(await ok(['get', 'namespace', namespace]))).toEqual(['NAME STATUS AGE', `${namespace} Active AGE`]);
      expect(rows(await ok(inNamespace('get', 'deployment', 'web')))).toEqual(['NAME READY UP-TO-DATE AVAILABLE AGE', 'web 0/0 0 0 AGE']);
    });

    it('prints YAML, JSON paths and names', async () => {
      expect(await ok(['get', gadgets, 'first', '-o', 'jsonpath={.spec.size} {.status.phase}'])).toBe('2 Ready');
      expect(await ok(['get', gadgets, 'first', '-o', 'name'])).toBe(`gadget.${group}/first`);
      expect(await ok(['get', gadgets, 'first', '-o', 'yaml'])).toMatch(new RegExp(`^apiVersion: ${group}/v1alpha1\nkind: Gadget\nmetadata:\n`));
      expect(await ok(['get', gadgets, '-l', 'team=a', '-o', 'name'])).toBe(`gadget.${group}/first`);
      expect(await ok(['get', gadgets, '-l', 'team in (b,c)', '-o', 'name'])).toBe('');
      expect(await ok(['get', gadgets, '--field-selector', 'metadata.name=shared', '-o', 'name'])).toBe(`gadget.${group}/shared`);
      expect(await ok(['get', gadgets, '--chunk-size=1', '-o', 'name'])).toBe(['first', 'moved', 'shared'].map(name => `gadget.${group}/${name}`).join('\n'));
      expect(await ok(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.status.phase}'])).toBe('Active');
    });

    it('watches changes as they happen', async () => {
      const child = spawn(program, ['--kubeconfig', kubeconfig, 'get', gadgets, '-w', '--output-watch-events', '--no-headers'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const next = async (...wanted: string[]) => {
        for (;;) {
          const { value, done } = await lines.next();
          if (done) throw new Error(`the watch ended before it showed ${wanted.join(' ')}`);
          if (wanted.every(word => String(value).includes(word))) return;
        }
      };
      try {
        await next('ADDED', 'shared');
        await ok(['apply', '-f', '-'], gadget('watched', { size: 1 }));
        await next('ADDED', 'watched');
        await ok(['patch', gadgets, 'watched', '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Busy"}}']);
        await next('MODIFIED', 'watched', 'Busy');
        await ok(['delete', gadgets, 'watched']);
        await next('DELETED', 'watched');
      } finally {
        child.kill();
      }
    });
  });

  it('describes an object with its events', async () => {
    const { metadata } = await json(['get', gadgets, 'first']);
    const time = new Date().toISOString().replace(/\.\d+/, '');
    await ok(['create', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: 'first.', namespace: 'default' },
      involvedObject: { apiVersion: `${group}/v1alpha1`, kind: 'Gadget', name: 'first', uid: metadata.uid },
      reason: 'Greased',
      message: 'It runs smoothly now',
      type: 'Normal',
      source: { component: 'kubectl-suite' },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    });
    const text = await ok(['describe', gadgets, 'first']);
    expect(text).toMatch(/^Name:\s+first$/m);
    expect(text).toMatch(/^Labels:\s+team=a$/m);
    expect(text).toMatch(/^API Version:\s+\S+\/v1alpha1$/m);
    expect(text).toMatch(/Size:\s+2/);
    expect(text).toMatch(/Phase:\s+Ready/);
    expect(text).toMatch(/Normal\s+Greased\s+\S+\s+kubectl-suite\s+It runs smoothly now/);
    expect(await ok(inNamespace('describe', 'configmap', 'settings'))).toMatch(/^Data\n====\na:\n----\n3$/m);
    expect(await ok(inNamespace('describe', 'secret', 'keys'))).toMatch(/^a:\s+3 bytes$/m);
    expect(await ok(['describe', 'namespace', namespace])).toMatch(/^Status:\s+Active$/m);
  });

  it('explains the fields of a kind', async () => {
    const text = await ok(['explain', `gadget.spec`, `--api-version=${group}/v1alpha1`]);
    expect(text).toMatch(/^KIND:\s+Gadget$/m);
    expect(text).toMatch(/^\s+size\s+<integer> -required-$/m);
    expect(text).toContain('How large it is.');
    expect(await ok(['explain', 'job.spec.template.spec.containers.image'])).toMatch(/^FIELD: image <string>$/m);
  });

  it('waits for conditions, values and deletion', async () => {
    await ok(['apply', '-f', '-'], gadget('awaited', { size: 1 }));
    const waiting = [
      kubectl(['wait', `gadget.${group}/awaited`, '--for=condition=Available', '--timeout=30s']),
      kubectl(['wait', `gadget.${group}/awaited`, '--for=jsonpath={.status.phase}=Ready', '--timeout=30s']),
      kubectl(['wait', `gadget.${group}/awaited`, '--for=delete', '--timeout=30s']),
    ];
    await ok(['patch', gadgets, 'awaited', '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Ready","conditions":[{"type":"Available","status":"True"}]}}']);
    expect((await waiting[0]).out).toBe(`gadget.${group}/awaited condition met`);
    expect((await waiting[1]).out).toBe(`gadget.${group}/awaited condition met`);
    await ok(['delete', gadgets, 'awaited']);
    expect((await waiting[2]).code).toBe(0);
    const late = await kubectl(['wait', `gadget.${group}/first`, '--for=condition=Never', '--timeout=1s']);
    expect(late).toMatchObject({ code: 1, error: `error: timed out waiting for the condition on gadgets/first` });
  });

  it('runs a Job and follows the log of its pod', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'talk', namespace },
      spec: {
        backoffLimit: 0,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image, command: ['/bin/sh', '-c', 'echo one; echo two; echo three'] }] } },
      },
    };
    expect(await ok(['apply', '-f', '-'], job)).toBe('job.batch/talk created');
    expect(await ok(['apply', '-f', '-'], job)).toBe('job.batch/talk unchanged');
    expect(await ok(inNamespace('wait', 'job/talk', '--for=condition=Complete', '--timeout=60s'))).toBe('job.batch/talk condition met');
    expect(rows(await ok(inNamespace('get', 'job', 'talk')))[1]).toMatch(/^talk Complete 1\/1 /);
    expect(await ok(inNamespace('logs', '-f', 'job/talk'))).toBe('one\ntwo\nthree');
    const pod = await ok(inNamespace('get', 'pods', '-l', 'job-name=talk', '-o', 'jsonpath={.items[0].metadata.name}'));
    expect(await ok(inNamespace('logs', pod, '--tail=1'))).toBe('three');
    expect(rows(await ok(inNamespace('get', 'pod', pod)))[1]).toMatch(/^\S+ 0\/1 Completed 0 AGE/);
    const described = await ok(inNamespace('describe', 'pod', pod));
    expect(described).toMatch(/^Status:\s+Succeeded$/m);
    expect(described).toMatch(/Reason:\s+Completed\n\s+Exit Code:\s+0/);
    await ok(inNamespace('delete', 'job', 'talk'));
    await ok(inNamespace('wait', `pod/${pod}`, '--for=delete', '--timeout=60s'));
  }, 180_000);

  it('patches, labels and annotates', async () => {
    await ok(['patch', gadgets, 'first', '--type=json', '-p', '[{"op":"replace","path":"/spec/size","value":7}]']);
    await ok(['patch', gadgets, 'first', '--type=merge', '-p', '{"spec":{"color":"green"}}']);
    expect((await json(['get', gadgets, 'first'])).spec).toMatchObject({ size: 7, color: 'green' });
    const strategic = await kubectl(['patch', gadgets, 'first', '--type=strategic', '-p', '{"spec":{"size":8}}']);
    expect(strategic.code).toBe(1);
    await ok(inNamespace('patch', 'deployment', 'web', '-p', '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"b:1"}]}}}}'));
    const { containers } = (await json(inNamespace('get', 'deployment', 'web'))).spec.template.spec;
    expect(containers.map(({ name }) => name).sort()).toEqual(['main', 'side']);
    expect(await ok(['label', gadgets, 'first', 'team=b', '--overwrite'])).toBe(`gadget.${group}/first labeled`);
    expect(await ok(['annotate', gadgets, 'first', 'note=x'])).toBe(`gadget.${group}/first annotated`);
    const { metadata } = await json(['get', gadgets, 'first']);
    expect(metadata.labels).toEqual({ team: 'b' });
    expect(metadata.annotations).toMatchObject({ note: 'x' });
    expect(await ok(['label', gadgets, 'first', 'team-'])).toBe(`gadget.${group}/first unlabeled`);
  });

  it('creates built-in objects in their binary form', async () => {
    const other = aName('kubectl-');
    expect(await ok(['create', 'namespace', other])).toBe(`namespace/${other} created`);
    const inOther = (...args: string[]) => ['-n', other, ...args];
    expect(await ok(inOther('create', 'configmap', 'c', '--from-literal=a=b'))).toBe('configmap/c created');
    expect((await json(inOther('get', 'configmap', 'c'))).data).toEqual({ a: 'b' });
    expect(await ok(inOther('create', 'secret', 'generic', 's', '--from-literal=a=b'))).toBe('secret/s created');
    expect((await json(inOther('get', 'secret', 's'))).data).toEqual({ a: 'Yg==' });
    expect(await ok(inOther('create', 'serviceaccount', 'robot'))).toBe('serviceaccount/robot created');
    expect(await ok(inOther('create', 'role', 'r', '--verb=get', '--resource=pods'))).toBe('role.rbac.authorization.k8s.io/r created');
    expect(await ok(inOther('create', 'rolebinding', 'rb', '--role=r', `--serviceaccount=${other}:robot`))).toBe('rolebinding.rbac.authorization.k8s.io/rb created');
    expect((await json(inOther('get', 'rolebinding', 'rb'))).subjects).toEqual([{ kind: 'ServiceAccount', name: 'robot', namespace: other }]);
    expect(await ok(inOther('create', 'job', 'j', `--image=${image}`, '--dry-run=server', '--', 'true'))).toBe('job.batch/j created (server dry run)');
    expect(await ok(inOther('create', 'deployment', 'd', `--image=${image}`, '--replicas=0'))).toBe('deployment.apps/d created');
    expect((await ok(inOther('create', 'token', 'robot'))).split('.')).toHaveLength(3);
    expect((await kubectl(inOther('create', 'configmap', 'c'))).error).toBe('error: failed to create configmap: configmaps "c" already exists');
    expect(await ok(['delete', 'namespace', other])).toContain(`namespace "${other}" deleted`);
    expect((await kubectl(['get', 'namespace', other])).error).toBe(`Error from server (NotFound): namespaces "${other}" not found`);
  }, 120_000);

  it('answers what may be done and what there is', async () => {
    expect(await ok(['auth', 'can-i', 'create', gadgets])).toBe('yes');
    expect(rows(await ok(['api-resources', `--api-group=${group}`, '--no-headers']))[0]).toMatch(new RegExp(`^gadgets \\S+ ${group}/v1alpha1 false Gadget$`));
    expect((await ok(['api-versions'])).split('\n')).toEqual(expect.arrayContaining([`${group}/v1alpha1`, 'v1', 'batch/v1', 'apps/v1']));
    expect(await ok(['get', '--raw', '/readyz'])).toBe('ok');
    expect((await kubectl(['get', 'nonsense'])).error).toBe(`error: the server doesn't have a resource type "nonsense"`);
  });

  it('deletes after the finalizer is gone', async () => {
    await ok(['apply', '-f', '-'], gadget('held', { size: 1 }, { finalizers: ['example.com/hold'] }));
    expect(await ok(['delete', gadgets, 'held', '--wait=false'])).toContain(`gadget.${group} "held" deleted`);
    const { metadata } = await json(['get', gadgets, 'held']);
    expect(metadata).toMatchObject({ finalizers: ['example.com/hold'], deletionTimestamp: expect.any(String), generation: 2 });
    const gone = kubectl(['wait', `gadget.${group}/held`, '--for=delete', '--timeout=30s']);
    await ok(['patch', gadgets, 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
    expect((await gone).code).toBe(0);
    expect(await ok(['delete', gadgets, 'held', '--ignore-not-found'])).toBe('');
  });

  it('deletes the definition with all its objects', async () => {
    expect((await ok(['get', gadgets, '-o', 'name'])).split('\n').length).toBeGreaterThan(1);
    await ok(['delete', 'crd', definitionName]);
    const { error } = await kubectl(['get', gadgets]);
    expect(error).toBe(`error: the server doesn't have a resource type "gadgets"`);
  });
});
