/** Names of images, written out as registries and runtimes do: `busybox` is `docker.io/library/busybox:latest`. */

const DEFAULT_HOST = 'docker.io';
const DEFAULT_TAG = 'latest';
const MAX_LENGTH = 255;

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const HOST = /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;

/** The name is no image name; kubelets call this InvalidImageName. */
export class InvalidImageName extends Error {
  constructor(name: string) {
    super(`couldn't parse image name "${name}": invalid reference format`);
    this.name = 'InvalidImageName';
  }
}

function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  if (!isHost) {
    return { host: DEFAULT_HOST, path: name };
  }
  return { host: first === 'index.docker.io' ? DEFAULT_HOST : first, path: name.slice(slash + 1) };
}

/** The one full form of an image's name; throws {@link InvalidImageName}. A tag beside a digest is dropped. */
export function normaliseImageName(name: string): string {
  const at = name.indexOf('@');
  const digest = at < 0 ? undefined : name.slice(at + 1);
  const tagged = at < 0 ? name : name.slice(0, at);
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const tag = hasTag ? tagged.slice(colon + 1) : DEFAULT_TAG;
  const { host, path } = splitHost(hasTag ? tagged.slice(0, colon) : tagged);
  const full = host === DEFAULT_HOST && !path.includes('/') ? `library/${path}` : path;
  const isValid =
    HOST.test(host) &&
    full.split('/').every(part => COMPONENT.test(part)) &&
    TAG.test(tag) &&
    (digest === undefined || DIGEST.test(digest)) &&
    host.length + full.length < MAX_LENGTH;
  if (!isValid) {
    throw new InvalidImageName(name);
  }
  return digest ? `${host}/${full}@${digest}` : `${host}/${full}:${tag}`;
}

/** Whether kubelets pull it each time unless told otherwise: without a tag, or with `latest`. */
export function isLatest(name: string): boolean {
  return normaliseImageName(name).endsWith(`:${DEFAULT_TAG}`);
}
