import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fillHelperRoot, helperConfig, writeImage } from '../image.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'image-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const deep = `${'long-folder-name/'.repeat(20)}file`;

function aRoot(name, umask) {
  const root = join(scratch, name);
  const before = process.umask(umask);
  mkdirSync(join(root, deep, '..'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  writeFileSync(join(root, deep), 'deep');
  writeFileSync(join(root, 'émile'), 'é');
  writeFileSync(join(root, 'tool'), '#!/bin/sh\n');
  chmodSync(join(root, 'tool'), 0o755);
  symlinkSync('x'.repeat(150), join(root, 'link'));
  process.umask(before);
  return root;
}

function unpack(archive) {
  const folder = mkdtempSync(join(scratch, 'unpacked-'));
  execFileSync('tar', ['-C', folder, '-xf', archive]);
  const blob = digest => join(folder, 'blobs', ...digest.split(':'));
  const index = JSON.parse(readFileSync(join(folder, 'index.json')));
  const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest)));
  return {
    index,
    manifest,
    config: JSON.parse(readFileSync(blob(manifest.config.digest))),
    layer: blob(manifest.layers[0].digest),
  };
}

test('the same folder gives the same image, whatever the umask and the time', () => {
  const config = { entrypoint: ['/tool'], user: 65532, env: { A: 'b' }, modes: { tmp: 0o1777 } };
  const images = [
    ['one', 0o022],
    ['two', 0o077],
  ].map(([name, umask]) =>
    writeImage({ root: aRoot(name, umask), config, name: 'localhost/x:v1', out: join(scratch, `${name}.tar`) }),
  );
  assert.deepEqual(images[0], images[1]);
  assert.deepEqual(readFileSync(join(scratch, 'one.tar')), readFileSync(join(scratch, 'two.tar')));
});

test('the archive says how to run it, and tar reads the layer', () => {
  const { index, manifest, config, layer } = unpack(join(scratch, 'one.tar'));
  assert.equal(index.manifests[0].annotations['io.containerd.image.name'], 'localhost/x:v1');
  assert.deepEqual(config.rootfs.diff_ids, [manifest.layers[0].digest]);
  assert.equal(config.config.User, '65532');
  assert.deepEqual(config.config.Entrypoint, ['/tool']);
  const names = execFileSync('tar', ['-tf', layer, '--quoting-style=literal'], { encoding: 'utf8' }).split('\n');
  for (const name of [deep, 'émile', 'tool', 'link', 'tmp/']) assert.ok(names.includes(name), name);
  assert.equal(execFileSync('tar', ['-xOf', layer, deep], { encoding: 'utf8' }), 'deep');
  assert.match(execFileSync('tar', ['-tvf', layer, 'tmp/'], { encoding: 'utf8' }), /^drwxrwxrwt 0\/0/);
  assert.match(execFileSync('tar', ['-tvf', layer, 'link'], { encoding: 'utf8' }), /-> x{150}/);
});

test('what no image can hold is refused', () => {
  const root = join(scratch, 'odd');
  mkdirSync(root);
  execFileSync('mkfifo', [join(root, 'pipe')]);
  assert.throws(
    () => writeImage({ root, out: join(scratch, 'odd.tar') }),
    /pipe is neither a file, a folder nor a link/,
  );
});

test(
  "the helper's folder runs with nothing of this machine",
  { skip: process.platform !== 'linux' || process.getuid() !== 0 ? 'needs root on Linux, for chroot' : false },
  () => {
    const root = join(scratch, 'helper');
    mkdirSync(root);
    const bundle = join(scratch, 'bundle.mjs');
    writeFileSync(
      bundle,
      'import { createHash } from "node:crypto"; console.log(createHash("md5").update(".").digest("hex"));',
    );
    fillHelperRoot(root, { bundle });
    assert.equal(
      execFileSync('chroot', ['--userspec=65532:65532', root, ...helperConfig.entrypoint], { encoding: 'utf8' }).trim(),
      '5058f1af8388633f609cadb75a75dc9d',
    );
  },
);

test('a missing bundle says how to make it', () => {
  assert.throws(
    () => fillHelperRoot(join(scratch, 'none'), { bundle: join(scratch, 'nothing') }),
    /run: node packages\/pipeline-adapter\/build\.mjs/,
  );
});
