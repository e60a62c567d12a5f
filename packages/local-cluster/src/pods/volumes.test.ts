import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MountError, PodFolder } from './folder';
import { MissingSource, type Sources } from './sources';
import { aPod } from './testing/builders';
import type { Volume } from './types';
import { planVolume, UnsupportedVolume, type VolumePlan } from './volumes';

const sources: Sources = {
  secret: name => (name === 's' ? new Map([['a', Buffer.from('A')], ['b', Buffer.from([0, 255])]]) : undefined),
  configMap: name => (name === 'c' ? new Map([['x.yaml', Buffer.from('X')]]) : undefined),
  token: ({ audience }) => `token for ${audience ?? 'the API'}`,
};
const pod = aPod({ metadata: { labels: { b: '2', a: 'o"ne' }, annotations: { 'kratix-ts.dev/object': 'kind: Database' } } });
const plan = (volume: Omit<Volume, 'name'>, allowHostPath = false): VolumePlan => planVolume({ name: 'v', ...volume }, pod, sources, { allowHostPath });
const shown = (made: VolumePlan) => (made.kind === 'files' ? made.files.map(file => `${file.path} ${file.mode.toString(8)} ${file.content.toString('latin1')}`) : made);

describe('volumes', () => {
  it.each<[string, Omit<Volume, 'name'>, unknown]>([
    ['emptyDir', { emptyDir: {} }, { kind: 'empty' }],
    ['secret', { secret: { secretName: 's' } }, ['a 644 A', 'b 644 \u0000\u00ff']],
    ['secret with items and modes', { secret: { secretName: 's', defaultMode: 0o400, items: [{ key: 'a', path: 'deep/a' }, { key: 'b', path: 'b', mode: 0o600 }] } }, ['deep/a 400 A', 'b 600 \u0000\u00ff']],
    ['configMap', { configMap: { name: 'c' } }, ['x.yaml 644 X']],
    ['optional and missing', { configMap: { name: 'no', optional: true } }, []],
    ['optional key and missing', { secret: { secretName: 's', optional: true, items: [{ key: 'no', path: 'x' }] } }, []],
    ['downwardAPI', { downwardAPI: { items: [{ path: 'object.yaml', fieldRef: { fieldPath: "metadata.annotations['kratix-ts.dev/object']" } }, { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } }, ['object.yaml 644 kind: Database', 'labels 644 a="o\\"ne"\nb="2"']],
    ['projected', { projected: { defaultMode: 0o440, sources: [{ serviceAccountToken: { path: 'token' } }, { serviceAccountToken: { path: 't2', audience: 'x' } }, { configMap: { name: 'c', items: [{ key: 'x.yaml', path: 'ca.crt' }] } }, { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } }, { secret: { name: 'no', optional: true } }] } }, ['token 440 token for the API', 't2 440 token for x', 'ca.crt 440 X', 'ns 440 default']],
  ])('%s', (_, volume, expected) => {
    expect(shown(plan(volume))).toEqual(expected);
  });

  it.each<[Omit<Volume, 'name'>, Error]>([
    [{ secret: { secretName: 'no' } }, new MissingSource('secret "no" not found')],
    [{ configMap: { name: 'c', items: [{ key: 'no', path: 'x' }] } }, new MissingSource('references non-existent config key: no')],
    [{ secret: { secretName: 's', items: [{ key: 'a', path: '../x' }] } }, new UnsupportedVolume('volume "v": the path "../x" must be relative and must not contain ".."')],
    [{ persistentVolumeClaim: { claimName: 'x' } }, new UnsupportedVolume('volume "v": persistentVolumeClaim volumes are not supported by the local cluster; supported are configMap, downwardAPI, emptyDir, projected and secret')],
    [{ hostPath: { path: '/' } }, new UnsupportedVolume('volume "v": hostPath volumes are switched off in the local cluster (start it with allowHostPath to have them); supported are configMap, downwardAPI, emptyDir, projected and secret')],
    [{}, new UnsupportedVolume('volume "v" says nothing of what it is; supported are configMap, downwardAPI, emptyDir, projected and secret')],
  ])('%j is refused', (volume, error) => {
    expect(() => plan(volume)).toThrow(error);
  });

  it('lets pods have folders of the machine only where that is allowed', () => {
    expect(plan({ hostPath: { path: '/data' } }, true)).toEqual({ kind: 'host', path: '/data' });
  });
});

describe("a pod's folder", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pod-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const prepared = (...volumes: Volume[]) => {
    const folder = new PodFolder(path.join(dir, 'pod'));
    folder.prepare(aPod({ spec: { volumes } }), sources, { allowHostPath: false });
    return folder;
  };

  it('holds volumes, which may be made ready twice without losing what containers wrote', () => {
    const folder = prepared({ name: 'e', emptyDir: {} }, { name: 's', secret: { secretName: 's', defaultMode: 0o400 } });
    const [e, s] = folder.mounts({ name: 'm', image: 'x', volumeMounts: [{ name: 'e', mountPath: '/e' }, { name: 's', mountPath: '/s' }] }, {});
    expect([e.readOnly, s.readOnly]).toEqual([false, true]);
    expect(statSync(e.source).mode & 0o777).toBe(0o777);
    expect(statSync(path.join(s.source, 'a')).mode & 0o777).toBe(0o400);
    symlinkSync('/etc/passwd', path.join(s.source, 'old'));
    prepared({ name: 'e', emptyDir: {} }, { name: 's', secret: { secretName: 's' } });
    expect(readFileSync(path.join(s.source, 'a'), 'utf8')).toBe('A');
    folder.remove();
    expect(existsSync(path.join(dir, 'pod'))).toBe(false);
  });

  it('mounts a part of a volume, also one that the environment names, and never more', () => {
    const folder = prepared({ name: 'e', emptyDir: {} }, { name: 's', secret: { secretName: 's' } });
    const mount = (rest: object) => folder.mounts({ name: 'm', image: 'x', volumeMounts: [{ name: 'e', mountPath: '/e', ...rest }] }, { NAME: 'n' })[0];
    expect(mount({ subPathExpr: 'a/$(NAME)' }).source).toBe(path.join(dir, 'pod/volumes/e/a/n'));
    symlinkSync('/etc', path.join(dir, 'pod/volumes/e/link'));
    expect(mount({ subPath: 'link/x' }).source).toBe(path.join(dir, 'pod/volumes/e/etc/x'));
    expect(mount({ name: 's', subPath: 'a' }).source).toBe(path.join(dir, 'pod/volumes/s/a'));
    expect(() => mount({ subPath: '../x' })).toThrow(/must not contain/);
    expect(() => mount({ name: 's', subPath: 'no' })).toThrow(/has no "no"/);
    expect(() => mount({ name: 'none' })).toThrow(/which the pod does not have/);
    expect(readdirSync('/etc')).not.toContain('x');
  });

  it('says of which volume something is missing', () => {
    expect(() => prepared({ name: 'w', secret: { secretName: 'no' } })).toThrow(new MountError(false, 'MountVolume.SetUp failed for volume "w" : secret "no" not found'));
  });
});
