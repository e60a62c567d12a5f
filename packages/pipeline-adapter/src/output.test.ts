import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readMetadata, readOutput } from './output';
import { validateOutput } from './validation';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kratix-output-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | Buffer = 'x'): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

describe('B-POD-15: the files of the output', () => {
  it('are read exactly, sorted, and without empty directories', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    write('b/c.bin', bytes);
    write('a.yaml', 'a: 1\n');
    write('empty', '');
    mkdirSync(join(root, 'nothing/here'), { recursive: true });
    expect(readOutput(root).map(({ path, content }) => [path, content.toString('latin1')])).toEqual([
      ['a.yaml', 'a: 1\n'], ['b/c.bin', bytes.toString('latin1')], ['empty', ''],
    ]);
  });

  it('B33: an archive is a file like any other, and is not unpacked', () => {
    const archive = execFileSync('tar', ['-cf', '-', '--absolute-names', '/etc/hostname'], { stdio: ['ignore', 'pipe', 'ignore'] });
    write('evil.tar', archive);
    write('evil.zip', Buffer.from('PK\x03\x04../../escape'));
    expect(readOutput(root).map(({ path }) => path)).toEqual(['evil.tar', 'evil.zip']);
  });

  it('may be none', () => expect(readOutput(root)).toEqual([]));
});

describe('B31, B32, B34: what is refused', () => {
  it.each<[string, (path: string) => void, string]>([
    ['a link to a file', path => symlinkSync('/etc/passwd', path), 'is a symbolic link'],
    ['a link to nothing', path => symlinkSync('/nowhere', path), 'is a symbolic link'],
    ['a link to a directory', path => symlinkSync('/etc', path), 'is a symbolic link'],
    ['a pipe', path => execFileSync('mkfifo', [path]), 'is a pipe'],
    ['a hard link', path => linkSync(write('other'), path), 'is a hard link'],
  ])('%s', (_, make, words) => {
    write('sub/ok');
    make(join(root, 'sub/thing'));
    expect(() => readOutput(root)).toThrow(words);
  });

  it('a socket', async () => {
    const server = createServer();
    await new Promise<void>(resolve => {
      server.listen(join(root, 'socket'), resolve);
    });
    expect(() => readOutput(root)).toThrow('output file "socket" is a socket; only plain files and directories are delivered');
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  it.each(['.git/config', 'x/.git/hooks/post-commit', '.gitmodules', 'a\\b', 'a\nb', '.GIT /x'])('the name %j', path => {
    write(path);
    expect(() => readOutput(root)).toThrow(/output file ".*" (holds|has)/);
  });

  it.each([[['a', 'A']], [['é', 'e\u0301']], [['Dir/a', 'dir/b']]])('the pair %j', paths => {
    paths.forEach(path => write(path));
    expect(() => readOutput(root)).toThrow('differ only in case or Unicode form');
  });

  it('a name that is not UTF-8', () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]), 'x');
    expect(() => readOutput(root)).toThrow('not valid UTF-8');
  });

  it('B30: too many files, and too many bytes, without reading them', () => {
    ['a', 'b', 'c'].forEach(path => write(path));
    expect(() => readOutput(root, { files: 2, bytes: 100 })).toThrow('more than 2 files');
    truncateSync(write('huge'), 500 * 1024 * 1024);
    expect(() => readOutput(root)).toThrow(/at most \d+ are delivered; the largest files are huge \(524288000 bytes\)/);
  });
});

describe('metadata files', () => {
  it('are plain files of a sensible size', () => {
    expect(readMetadata(root, 'status.yaml')).toBeUndefined();
    symlinkSync('/etc/passwd', join(root, 'status.yaml'));
    expect(() => readMetadata(root, 'status.yaml')).toThrow('status.yaml is a symbolic link; write a plain file');
    mkdirSync(join(root, 'workflow-control.yaml'));
    expect(() => readMetadata(root, 'workflow-control.yaml')).toThrow('workflow-control.yaml is a directory');
    write('x.yaml', 'abc');
    expect(() => readMetadata(root, 'x.yaml', 2)).toThrow('at most 2 are read');
  });
});

describe('B28: YAML and JSON have to parse', () => {
  const check = (path: string, text: string | Buffer) => validateOutput([{ path, content: Buffer.from(text) }]);

  it.each([
    ['a.yaml', 'a: 1\n---\nb: 2\n'], ['a.yaml', ''], ['a.yml', '---\n'], ['a.yaml', '# only words'], ['a.YAML', '{"a": 1}'], ['a.yaml', '\ufeffa: 1'],
    ['a.yaml', 'a: &x 1\nb: *x\r\n'], ['a.json', '{"a": 1}'], ['a.json', ''], ['a.json', '\ufeff{}'], ['a.txt', 'a: ['], ['binary.bin', '\0\xff'], ['Chart.yaml.gz', 'a: ['],
  ])('%s with %j passes', (path, text) => expect(() => check(path, text)).not.toThrow());

  it.each<[string, string | Buffer, RegExp]>([
    ['x/a.yaml', 'ok: 1\na: [', /^output file "x\/a.yaml" is not YAML: .*\(\d+:\d+\)/s],
    ['a.yml', 'a: 1\na: 2', /is not YAML: .*duplicat/s],
    ['a.yaml', 'a:\n\t- b', /is not YAML/],
    ['a.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xff]), /is not YAML/],
    ['a.json', '{"a": }', /^output file "a.json" is not JSON: .* \(annotation workflows.kratix-ts.dev\/output-validation: none on the Pipeline delivers it as it is\)$/],
  ])('%s with %j is refused', (path, text, message) => expect(() => check(path, text)).toThrow(message));

  it('A12: aliases that stand for too much are refused quickly', () => {
    const levels = Array.from({ length: 12 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(', ')}]`);
    expect(() => check('a.yaml', ['l0: &l0 lol', ...levels].join('\n'))).toThrow('too many values');
  });
});
