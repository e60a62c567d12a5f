// Writes an image as an OCI archive from a plain folder: no Docker, no registry, and the same bytes for the same folder.
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, rmSync, statSync, lstatSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;
const CHUNK = 4 * 1024 * 1024;
const LARGEST_USTAR_SIZE = 8 ** 11 - 1;
const EPOCH = '1970-01-01T00:00:00Z';
const TYPES = { file: '0', link: '2', folder: '5', pax: 'x' };

export const architectures = { x64: 'amd64', arm64: 'arm64' };

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');

/** A file that knows the digest and the size of what was written to it. */
function hashedFile(path) {
  const file = openSync(path, 'w');
  const hash = createHash('sha256');
  let size = 0;
  return {
    write(bytes) {
      writeSync(file, bytes);
      hash.update(bytes);
      size += bytes.length;
    },
    end() {
      closeSync(file);
      return { path, digest: hash.digest('hex'), size };
    },
  };
}

/** Splits a path for the two name fields of a ustar header; undefined when it does not fit. */
function ustarName(path) {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100 && name !== '') return { name, prefix };
  }
  return undefined;
}

const octal = (value, width) => `${value.toString(8).padStart(width - 1, '0')}\0`;

function headerBlock({ name, prefix, mode, size, type, target }) {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(target, 157);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** One `length key=value` record of a pax header, whose length counts itself. */
function paxRecord(key, value) {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (Buffer.byteLength(rest) + String(length).length !== length) length = Buffer.byteLength(rest) + String(length).length;
  return `${length}${rest}`;
}

const padding = size => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** Writes a tar's entries to an output with `write(bytes)`. Times and owners are always 0. */
export function tarWriter(output) {
  const header = ({ path, mode, size = 0, type, target = '' }) => {
    const fits = ustarName(path);
    const records = [
      ...(fits ? [] : [paxRecord('path', path)]),
      ...(Buffer.byteLength(target) <= 100 ? [] : [paxRecord('linkpath', target)]),
      ...(size <= LARGEST_USTAR_SIZE ? [] : [paxRecord('size', size)]),
    ].join('');
    if (records) {
      const bytes = Buffer.from(records);
      output.write(headerBlock({ name: 'pax', prefix: '', mode: 0o644, size: bytes.length, type: TYPES.pax, target: '' }));
      output.write(Buffer.concat([bytes, padding(bytes.length)]));
    }
    const { name, prefix } = fits ?? { name: Buffer.from(path).subarray(0, 100).toString('latin1'), prefix: '' };
    output.write(headerBlock({ name, prefix, mode, size: size <= LARGEST_USTAR_SIZE ? size : 0, type, target: Buffer.byteLength(target) <= 100 ? target : '' }));
  };
  return {
    folder: (path, mode = 0o755) => header({ path: `${path}/`, mode, type: TYPES.folder }),
    link: (path, target) => header({ path, mode: 0o777, type: TYPES.link, target }),
    text(path, content, mode = 0o644) {
      const bytes = Buffer.from(content);
      header({ path, mode, size: bytes.length, type: TYPES.file });
      output.write(Buffer.concat([bytes, padding(bytes.length)]));
    },
    file(path, source, mode) {
      const { size } = statSync(source);
      header({ path, mode, size, type: TYPES.file });
      const input = openSync(source, 'r');
      const buffer = Buffer.alloc(Math.min(CHUNK, size));
      for (let left = size; left > 0; ) {
        const read = readSync(input, buffer, 0, Math.min(buffer.length, left), null);
        if (read === 0) throw new Error(`${source} became shorter while it was read`);
        output.write(Buffer.from(buffer.subarray(0, read)));
        left -= read;
      }
      closeSync(input);
      output.write(padding(size));
    },
    end: () => output.write(Buffer.alloc(2 * BLOCK)),
  };
}

const byName = (a, b) => (a < b ? -1 : 1);

function addTree(tar, root, folder, modes) {
  for (const name of readdirSync(join(root, folder)).sort(byName)) {
    const path = folder ? `${folder}/${name}` : name;
    const stats = lstatSync(join(root, path));
    if (stats.isSymbolicLink()) tar.link(path, readlinkSync(join(root, path)));
    else if (stats.isDirectory()) {
      tar.folder(path, modes[path] ?? 0o755);
      addTree(tar, root, path, modes);
    } else if (stats.isFile()) tar.file(path, join(root, path), modes[path] ?? (stats.mode & 0o100 ? 0o755 : 0o644));
    else throw new Error(`${join(root, path)} is neither a file, a folder nor a link; an image holds nothing else`);
  }
}

function imageConfig(config, architecture, layer) {
  const { entrypoint, command, env, user, workdir } = config;
  return {
    created: EPOCH,
    architecture,
    os: 'linux',
    config: {
      ...(entrypoint && { Entrypoint: entrypoint }),
      ...(command && { Cmd: command }),
      Env: Object.entries({ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env }).map(([key, value]) => `${key}=${value}`),
      ...(user !== undefined && { User: String(user) }),
      WorkingDir: workdir ?? '/',
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest}`] },
    history: [{ created: EPOCH, created_by: 'kratix-ts' }],
  };
}

/** The same bytes for the same layer: gzip's header holds no time. */
function compressed(layer, scratch) {
  const file = hashedFile(join(scratch, 'layer.tar.gz'));
  file.write(gzipSync(readFileSync(layer.path)));
  return file.end();
}

/**
 * Writes the folder `root` as an image of one layer to the archive `out`, which `docker load`, `ctr images import`,
 * `skopeo` and `kratix-ts image add --archive` take.
 * config: { entrypoint?: string[], command?: string[], env?: object, user?, workdir?, modes?: { path: mode } }.
 * Modes are made alike (0755 for what its owner may run, else 0644), so that a checkout's umask does not show.
 * With `compress`, the layer is packed with gzip: for images that travel.
 * Gives back { name, digest, size }, the manifest's digest.
 */
export function writeImage({ root, config = {}, name = 'localhost/image:latest', architecture = architectures[process.arch] ?? process.arch, compress = false, out }) {
  const scratch = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    const layerFile = hashedFile(join(scratch, 'layer.tar'));
    const layerTar = tarWriter(layerFile);
    addTree(layerTar, root, '', config.modes ?? {});
    layerTar.end();
    const layer = layerFile.end();
    const configText = JSON.stringify(imageConfig(config, architecture, layer));
    const blob = compress ? compressed(layer, scratch) : layer;
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${sha256(configText)}`, size: Buffer.byteLength(configText) },
      layers: [{ mediaType: `application/vnd.oci.image.layer.v1.tar${compress ? '+gzip' : ''}`, digest: `sha256:${blob.digest}`, size: blob.size }],
    });
    const digest = sha256(manifest);
    const file = hashedFile(out);
    const tar = tarWriter(file);
    tar.text('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    tar.text('index.json', JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: `sha256:${digest}`,
        size: Buffer.byteLength(manifest),
        platform: { architecture, os: 'linux' },
        annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.split(':').pop() },
      }],
    }));
    tar.text('manifest.json', JSON.stringify([{ Config: `blobs/sha256/${sha256(configText)}`, RepoTags: [name], Layers: [`blobs/sha256/${blob.digest}`] }]));
    tar.folder('blobs');
    tar.folder('blobs/sha256');
    tar.text(`blobs/sha256/${digest}`, manifest);
    tar.text(`blobs/sha256/${sha256(configText)}`, configText);
    tar.file(`blobs/sha256/${blob.digest}`, blob.path, 0o644);
    tar.end();
    return { name, digest: `sha256:${digest}`, size: file.end().size };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
