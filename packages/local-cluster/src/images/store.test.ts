import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openImages, type Image } from '.';
import { aDockerArchive, anOciArchive, aTar, type TestEntry } from './testing/archives';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'images-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fileIn = (image: Image, name: string) => path.join(image.layers[0], name);
const read = (image: Image, name: string) => readFileSync(fileIn(image, name), 'utf8');

async function addLayers(...layers: TestEntry[][]): Promise<Image> {
  anOciArchive(path.join(dir, 'image.tar'), layers);
  return openImages(path.join(dir, 'store')).addImage('acme/tool:v1', { archive: path.join(dir, 'image.tar') });
}

describe('image archives', () => {
  it('an OCI archive is unpacked layer by layer, with its configuration', async () => {
    const archive = path.join(dir, 'image.tar');
    const config = { Entrypoint: ['/bin/tool'], Cmd: ['run'], Env: ['A=b'], WorkingDir: '/work', User: '1000:100' };
    anOciArchive(archive, [[{ path: 'bin/', type: 'Directory' }, { path: 'bin/tool', content: 'one', mode: 0o755 }], [{ path: './bin/tool', content: 'two', mode: 0o755 }]], config);
    const image = await openImages(dir).addImage('acme/tool', { archive });
    expect(read(image, 'bin/tool')).toBe('two');
    expect(statSync(fileIn(image, 'bin/tool')).mode & 0o777).toBe(0o755);
    expect(image).toMatchObject({ name: 'docker.io/acme/tool:latest', config: { entrypoint: ['/bin/tool'], cmd: ['run'], workingDir: '/work', user: '1000:100' } });
    expect(image.config.env).toContain('A=b');
  });

  it('what docker save writes is unpacked', async () => {
    const archive = path.join(dir, 'image.tar');
    aDockerArchive(archive, [[{ path: 'a', content: '1' }], [{ path: 'b', content: '2' }]], { Cmd: ['/a'] });
    const image = await openImages(dir).addImage('x', { archive });
    expect([read(image, 'a'), read(image, 'b'), image.config.cmd]).toEqual(['1', '2', ['/a']]);
  });

  it('whiteouts remove what earlier layers brought, and nothing of their own layer', async () => {
    const image = await addLayers(
      [{ path: 'gone', content: '' }, { path: 'kept', content: '' }, { path: 'dir/', type: 'Directory' }, { path: 'dir/old', content: '' }, { path: 'dir/sub/old', content: '' }],
      [{ path: '.wh.gone' }, { path: 'dir/new', content: '' }, { path: 'dir/sub/new', content: '' }, { path: 'dir/.wh..wh..opq' }],
    );
    expect(readdirSync(image.layers[0]).sort()).toEqual(['dir', 'kept']);
    expect(readdirSync(fileIn(image, 'dir')).sort()).toEqual(['new', 'sub']);
    expect(readdirSync(fileIn(image, 'dir/sub'))).toEqual(['new']);
  });

  it('a later layer writes through a link of an earlier one, inside the root', async () => {
    const image = await addLayers(
      [{ path: 'usr/lib/', type: 'Directory' }, { path: 'lib', type: 'SymbolicLink', linkpath: 'usr/lib' }, { path: 'out', type: 'SymbolicLink', linkpath: '/usr/lib' }],
      [{ path: 'lib/a', content: '1' }, { path: 'out/b', content: '2' }],
    );
    expect([read(image, 'usr/lib/a'), read(image, 'usr/lib/b')]).toEqual(['1', '2']);
  });

  it('an absolute link leads into the image, whatever the machine has there', async () => {
    const outside = path.join(dir, 'outside');
    mkdirSync(outside);
    const image = await addLayers([{ path: 'link', type: 'SymbolicLink', linkpath: outside }], [{ path: 'link/file', content: 'x' }]);
    expect(readdirSync(outside)).toEqual([]);
    expect(read(image, `${outside}/file`)).toBe('x');
  });

  it('hard links are made, device files are left out', async () => {
    const image = await addLayers([{ path: 'a', content: 'x' }, { path: 'b', type: 'Link', linkpath: 'a' }, { path: 'null', type: 'CharacterDevice' }]);
    expect(lstatSync(fileIn(image, 'b')).nlink).toBe(2);
    expect(existsSync(fileIn(image, 'null'))).toBe(false);
  });

  it.each<[string, TestEntry[]]>([
    ['a path with ..', [{ path: '../evil', content: 'x' }]],
    ['a path with .. in the middle', [{ path: 'a/../../evil', content: 'x' }]],
    ['a link that climbs out', [{ path: 'a/link', type: 'SymbolicLink', linkpath: '../../evil' }]],
    ['a hard link that climbs out', [{ path: 'link', type: 'Link', linkpath: '../evil' }]],
    ['a hard link to what is not there', [{ path: 'link', type: 'Link', linkpath: '/etc/passwd' }]],
    ['a whiteout of the folder above', [{ path: '.wh...', content: '' }]],
    ['a file below a file', [{ path: 'a', content: '' }, { path: 'a/b', content: '' }]],
  ])('%s is refused, and nothing is left behind', async (_, layer) => {
    writeFileSync(path.join(dir, 'evil'), 'untouched');
    await expect(addLayers(layer)).rejects.toThrow(/refused|does not hold|no folder/);
    expect(readFileSync(path.join(dir, 'evil'), 'utf8')).toBe('untouched');
    expect(readdirSync(path.join(dir, 'store', 'content'))).toEqual([]);
    expect(await openImages(path.join(dir, 'store')).list()).toEqual([]);
  });

  it.each<[string, (file: string) => void, RegExp]>([
    ['damaged blobs', file => anOciArchive(file, [[]], {}, true), /damaged/],
    ['no image inside', file => writeFileSync(file, aTar([{ path: 'x', content: 'x' }])), /is no image/],
    ['no archive at all', file => writeFileSync(file, 'hello'), /cannot be read|is no image/],
    ['a link in the outer archive', file => writeFileSync(file, aTar([{ path: 'index.json', type: 'SymbolicLink', linkpath: '/etc/passwd' }])), /only files and folders/],
    ['a digest that is a path', file => writeFileSync(file, aTar([{ path: 'index.json', content: '{"manifests":[{"digest":"sha256:../../x"}]}' }])), /no digest/],
  ])('%s: refused', async (_, write, message) => {
    const archive = path.join(dir, 'image.tar');
    write(archive);
    await expect(openImages(path.join(dir, 'store')).addImage('x', { archive })).rejects.toThrow(message);
  });
});

describe('the store', () => {
  it('finds an image by any form of its name, lists and removes it', async () => {
    const folder = path.join(dir, 'folder');
    mkdirSync(folder);
    symlinkSync('/nowhere', path.join(folder, 'link'));
    const images = openImages(path.join(dir, 'store'));
    await images.addImage('busybox', { folder });
    expect((await images.resolve('docker.io/library/busybox:latest'))?.name).toBe('docker.io/library/busybox:latest');
    expect((await images.list()).map(image => image.name)).toEqual(['docker.io/library/busybox:latest']);
    expect([await images.remove('busybox'), await images.remove('busybox')]).toEqual([true, false]);
    expect(await images.resolve('busybox')).toBeUndefined();
  });

  it('tells of an image that another user of the folder adds', async () => {
    const folder = path.join(dir, 'folder');
    mkdirSync(folder);
    const images = openImages(path.join(dir, 'store'));
    const found = new Promise<void>(resolve => {
      const stop = images.onChange(() => {
        images.resolve('late').then(image => {
          if (image) {
            stop();
            resolve();
          }
        });
      });
    });
    await openImages(path.join(dir, 'store')).addImage('late', { folder });
    await expect(found).resolves.toBeUndefined();
  });

  it('lays a folder over the programs of this machine, unless it would hide them', async () => {
    const folder = path.join(dir, 'folder');
    mkdirSync(path.join(folder, 'app'), { recursive: true });
    const images = openImages(path.join(dir, 'store'));
    const image = await images.addImage('tool', { folder, host: true });
    expect(image.layers).toHaveLength(2);
    expect(image.binds).toContainEqual({ source: '/usr', target: '/usr' });
    mkdirSync(path.join(folder, 'usr'));
    await expect(images.addImage('tool', { folder, host: true })).rejects.toThrow(/would hide this machine's own \/usr/);
  });

  it('says when the folder is none', async () => {
    await expect(openImages(dir).addImage('x', { folder: path.join(dir, 'none') })).rejects.toThrow(/is no folder/);
  });
});
