import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { leaveData, runningOn, takeData } from '../lib/data.mjs';
import { Failure } from '../lib/launch.mjs';
import { digestOf, filesOf } from '../lib/stamp.mjs';
import { fileOfTar } from '../lib/untar.mjs';

const folder = mkdtempSync(join(tmpdir(), 'kratix-ts-scripts-'));
after(() => rmSync(folder, { recursive: true }));

test('a digest changes with content and names, not with tests', () => {
  const source = join(folder, 'src');
  mkdirSync(source);
  writeFileSync(join(source, 'a.ts'), '1');
  const first = digestOf([source]);
  writeFileSync(join(source, 'a.test.ts'), 'test');
  assert.equal(digestOf([source]), first);
  assert.deepEqual(filesOf([source]), [join(source, 'a.ts')]);
  writeFileSync(join(source, 'a.ts'), '2');
  assert.notEqual(digestOf([source]), first);
});

test('a file comes out of a tar archive whole', () => {
  const entry = (name, content) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return Buffer.concat([header, body]);
  };
  const archive = Buffer.concat([
    entry('package/README', 'x'.repeat(700)),
    entry('package/bin/node', 'binary'),
    Buffer.alloc(1024),
  ]);
  assert.equal(fileOfTar(archive, 'package/bin/node').toString(), 'binary');
  assert.equal(fileOfTar(archive, 'package/none'), undefined);
});

test('a data folder is taken by one, emptied only when a demo made it', () => {
  const data = join(folder, 'data');
  takeData(data, { fresh: false, portal: 'http://localhost:1' });
  writeFileSync(join(data, 'portal', 'kept'), '');
  leaveData(data);
  takeData(data, { fresh: true, portal: 'http://localhost:1' });
  assert.deepEqual(filesOf([join(data, 'portal')]), []);
  leaveData(data);
  assert.equal(runningOn(data), undefined);
  const foreign = join(folder, 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'letter.txt'), '');
  assert.throws(
    () => takeData(foreign, { fresh: true, portal: '' }),
    error => error instanceof Failure && /not a folder of the demo/.test(error.message),
  );
});
