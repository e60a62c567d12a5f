import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

export interface TestEntry {
  path: string;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice';
  content?: string | Buffer;
  linkpath?: string;
  mode?: number;
}

/** A tar archive with exactly these entries, however hostile. */
export function aTar(entries: TestEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', content = '', linkpath, mode }) => {
    const body = Buffer.from(content);
    const header = new Header({ path, type, size: type === 'File' ? body.length : 0, mode: mode ?? (type === 'Directory' ? 0o755 : 0o644), linkpath, mtime: new Date(0) });
    const block = Buffer.alloc(512);
    header.encode(block);
    const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
    return type === 'File' ? [block, body, padding] : [block];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const blobPath = (digest: string) => `blobs/${digest.replace(':', '/')}`;

/** Writes an OCI archive of these layers; the first lies at the bottom. */
export function anOciArchive(file: string, layers: TestEntry[][], config: object = {}, damage = false): void {
  const packed = layers.map(layer => gzipSync(aTar(layer)));
  const configBlob = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config }));
  const describe = (content: Buffer) => ({ mediaType: 'application/octet-stream', digest: digestOf(content), size: content.length });
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config: describe(configBlob), layers: packed.map(describe) }));
  const index = JSON.stringify({ schemaVersion: 2, manifests: [describe(manifest)] });
  const blobs = [configBlob, manifest, ...packed].map(content => ({ path: blobPath(digestOf(content)), content: damage ? Buffer.concat([content, Buffer.from(' ')]) : content }));
  writeFileSync(file, aTar([{ path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' }, { path: 'index.json', content: index }, ...blobs]));
}

/** Writes what `docker save` would. */
export function aDockerArchive(file: string, layers: TestEntry[][], config: object = {}): void {
  const manifest = [{ Config: 'config.json', RepoTags: ['x:y'], Layers: layers.map((_, i) => `${i}/layer.tar`) }];
  writeFileSync(file, aTar([
    { path: 'manifest.json', content: JSON.stringify(manifest) },
    { path: 'config.json', content: JSON.stringify({ config }) },
    ...layers.map((layer, i) => ({ path: `${i}/layer.tar`, content: aTar(layer) })),
  ]));
}
