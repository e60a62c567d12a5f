import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { leaveData, runningOn, takeData } from '../lib/data.mjs';
import { Failure } from '../lib/launch.mjs';
import { digestOf, filesOf } from '../lib/stamp.mjs';
import { extractFile } from '../lib/untar.mjs';

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

test('a file comes out of a packed archive whole, in however many pieces', async () => {
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
    entry('package/empty', ''),
    entry('package/bin/node', 'binary'.repeat(100_000)),
    entry('package/LICENSE', 'y'),
    Buffer.alloc(1024),
  ]);
  const packed = join(folder, 'package.tgz');
  writeFileSync(packed, gzipSync(archive));
  const target = join(folder, 'extracted');
  assert.equal(await extractFile(packed, 'package/bin/node', target), true);
  assert.equal(readFileSync(target, 'utf8'), 'binary'.repeat(100_000));
  assert.equal(await extractFile(packed, 'package/none', target), false);
  writeFileSync(packed, gzipSync(archive).subarray(0, 200));
  await assert.rejects(extractFile(packed, 'package/LICENSE', target));
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
