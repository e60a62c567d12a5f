import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Input } from '../command';
import { optionsOf } from './engine';

let folder: string;
let kubeconfig: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-command-'));
  kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (options: Input['options'], env: NodeJS.ProcessEnv = {}, positionals: string[] = []) =>
  optionsOf({ options, positionals, signal: new AbortController().signal, stdout: new PassThrough(), stdin: new PassThrough() }, env);

it('B-CFG-1, B-CFG-2: takes upstream’s flags and environment', () => {
  expect(read({ 'leader-elect': true, 'metrics-bind-address': '127.0.0.1:9090', 'health-probe-bind-address': ':9091' }, { PIPELINE_ADAPTER_IMG: 'helper:1', PIPELINE_ADAPTER_PULL_SECRET: 'pull' })).toMatchObject({
    metrics: '127.0.0.1:9090',
    probes: ':9091',
    config: { helperImage: 'helper:1', helperPullSecret: 'pull', leaderElection: true, allowLocalStores: false },
  });
});

it('serves probes and metrics on the usual ports, and nothing where told 0', () => {
  expect(read({ 'helper-image': 'helper:2', kubeconfig }, { PIPELINE_ADAPTER_IMG: 'helper:1' })).toMatchObject({ kubeconfig, metrics: ':8080', probes: ':8081', config: { helperImage: 'helper:2', leaderElection: false } });
  const off = read({ 'helper-image': 'h', 'metrics-bind-address': '0', 'health-probe-bind-address': '0' });
  expect([off.metrics, off.probes]).toEqual([undefined, undefined]);
});

it('takes push events only where told an address', () => {
  const given = { 'helper-image': 'h', 'push-events-bind-address': ':8083' };
  expect(read({ 'helper-image': 'h' }).config.pushEvents).toBeUndefined();
  expect(read(given).config.pushEvents).toEqual({ address: ':8083' });
  expect(read({ ...given, 'push-events-secret': 'hooks' }).config.pushEvents).toEqual({ address: ':8083', secret: 'hooks' });
});

it.each<[string, Input['options'], string[], string]>([
  ['no helper image', {}, [], 'PIPELINE_ADAPTER_IMG is not set'],
  ['a kubeconfig that is not there', { kubeconfig: '/nowhere', 'helper-image': 'h' }, [], '--kubeconfig /nowhere: there is no such file'],
  ['an address without a port', { 'helper-image': 'h', 'metrics-bind-address': 'localhost' }, [], '--metrics-bind-address: "localhost" is no address'],
  ['a secret for nothing', { 'helper-image': 'h', 'push-events-secret': 'hooks' }, [], '--push-events-bind-address'],
  ['a word too many', { 'helper-image': 'h' }, ['now'], '"now" is one word too many'],
])('refuses %s', (_, options, positionals, words) => {
  expect(() => read(options, {}, positionals)).toThrow(words);
});
