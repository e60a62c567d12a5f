import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { applyLayer, BadArchive, eachEntry, entryPath } from './layer';
import { lstatOrNone } from './rootpath';
import type { ImageConfig } from './types';

const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ppc64: 'ppc64le', s390x: 's390x', riscv64: 'riscv64' };
const ZSTD_MAGIC = 0xfd2fb528;

interface Descriptor {
  digest: string;
  mediaType?: string;
  platform?: { os?: string; architecture?: string };
}

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
  manifests?: Descriptor[];
}

interface RawConfig {
  config?: { Entrypoint?: string[] | null; Cmd?: string[] | null; Env?: string[] | null; WorkingDir?: string; User?: string };
}

function parse<T>(folder: string, file: string): T {
  try {
    return JSON.parse(readFileSync(inside(folder, file), 'utf8')) as T;
  } catch (error) {
    throw new BadArchive(`the archive's ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Where a file that the archive names lies; refuses what leaves the folder. */
function inside(folder: string, file: string): string {
  const host = path.join(folder, ...entryPath(file));
  if (!lstatOrNone(host)?.isFile()) {
    throw new BadArchive(`the archive names ${file}, but does not hold it`);
  }
  return host;
}

function blobOf(digest: string): string {
  const match = /^(sha256|sha512):([0-9a-f]+)$/.exec(digest);
  if (!match) {
    throw new BadArchive(`the archive holds "${digest}", which is no digest`);
  }
  return `blobs/${match[1]}/${match[2]}`;
}

async function verify(folder: string, digest: string): Promise<string> {
  const file = inside(folder, blobOf(digest));
  const [algorithm, wanted] = digest.split(':');
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') !== wanted) {
    throw new BadArchive(`the blob ${digest} of the archive is damaged`);
  }
  return file;
}

/** Writes the plain files of the outer archive to a folder; links and devices have no place there. */
async function unpackOuter(archive: string, folder: string): Promise<void> {
  await eachEntry(createReadStream(archive), entry => {
    const parts = entryPath(entry.path);
    const target = path.join(folder, ...parts);
    if (entry.type === 'Directory') {
      mkdirSync(target, { recursive: true });
      entry.resume();
      return;
    }
    if (entry.type !== 'File' && entry.type !== 'OldFile') {
      throw new BadArchive(`the entry "${entry.path}" of the archive is a ${entry.type}; only files and folders belong there`);
    }
    mkdirSync(path.dirname(target), { recursive: true });
    const file = openSync(target, 'w', 0o600);
    entry.on('data', (chunk: Buffer) => {
      writeSync(file, chunk);
    });
    entry.on('end', () => closeSync(file));
  });
}

function pickPlatform(candidates: Descriptor[]): Descriptor {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const images = candidates.filter(c => c.platform?.os !== 'unknown');
  const match = images.find(c => !c.platform || (c.platform.architecture === architecture && (c.platform.os ?? 'linux') === 'linux'));
  if (!match) {
    const found = images.map(c => `${c.platform?.os}/${c.platform?.architecture}`).join(', ') || 'nothing';
    throw new BadArchive(`the archive holds no image for linux/${architecture}, but ${found}`);
  }
  return match;
}

async function ociManifest(folder: string): Promise<{ configFile: string; layerFiles: string[] }> {
  let manifest = parse<Manifest>(folder, 'index.json');
  for (let depth = 0; manifest.manifests && depth < 3; depth += 1) {
    const chosen = pickPlatform(manifest.manifests);
    await verify(folder, chosen.digest);
    manifest = parse<Manifest>(folder, blobOf(chosen.digest));
  }
  if (!manifest.config || !Array.isArray(manifest.layers)) {
    throw new BadArchive('the archive holds no image manifest');
  }
  const configFile = await verify(folder, manifest.config.digest);
  const layerFiles: string[] = [];
  for (const layer of manifest.layers) {
    layerFiles.push(await verify(folder, layer.digest));
  }
  return { configFile, layerFiles };
}

function dockerManifest(folder: string): { configFile: string; layerFiles: string[] } {
  const [manifest] = parse<{ Config: string; Layers: string[] }[]>(folder, 'manifest.json');
  if (!manifest?.Config || !Array.isArray(manifest.Layers)) {
    throw new BadArchive('the archive holds no image manifest');
  }
  return { configFile: inside(folder, manifest.Config), layerFiles: manifest.Layers.map(layer => inside(folder, layer)) };
}

function openLayer(file: string): Readable {
  const head = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  readSync(handle, head, 0, 4, 0);
  closeSync(handle);
  const raw = createReadStream(file);
  if (head.readUInt32LE(0) !== ZSTD_MAGIC) {
    return raw;
  }
  // Younger than some versions of Node that run everything else.
  if (!zlib.createZstdDecompress) {
    throw new BadArchive(`a layer is packed with zstd, which Node ${process.version} cannot read; use Node 24, or pack the image with gzip`);
  }
  const plain = zlib.createZstdDecompress();
  raw.on('error', error => plain.destroy(error));
  return raw.pipe(plain);
}

function toConfig(raw: RawConfig): ImageConfig {
  const config = raw.config ?? {};
  return {
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: config.Env ?? [],
    workingDir: config.WorkingDir || '/',
    user: config.User ?? '',
  };
}

/**
 * Unpacks an archive (a tar of an OCI layout, or what `docker save` writes) into `root`, and reads how to run it.
 * `scratch` is a folder that need not exist and is gone afterwards.
 */
export async function unpackArchive(archive: string, root: string, scratch: string): Promise<ImageConfig> {
  await mkdir(scratch, { recursive: true });
  try {
    await unpackOuter(archive, scratch);
    const hasFile = (name: string) => lstatOrNone(path.join(scratch, name))?.isFile() ?? false;
    if (!hasFile('index.json') && !hasFile('manifest.json')) {
      throw new BadArchive(`${archive} is no image: it holds neither index.json (OCI) nor manifest.json (docker save)`);
    }
    const { configFile, layerFiles } = hasFile('index.json') ? await ociManifest(scratch) : dockerManifest(scratch);
    const config = toConfig(JSON.parse(readFileSync(configFile, 'utf8')) as RawConfig);
    for (const file of layerFiles) {
      await applyLayer(openLayer(file), root);
    }
    return config;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
