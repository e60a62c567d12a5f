import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A private key and its certificate, both PEM. */
export interface KeyPair {
  key: string;
  certificate: string;
}

/** Node reads certificates and does not write them; this is the little of DER that takes. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const octets = (content: Buffer) => der(0x04, content);
const bits = (content: Buffer, unused = 0) => der(0x03, Buffer.from([unused]), content);
const yes = der(0x01, Buffer.from([0xff]));

/** Object identifiers, encoded. */
const oids = {
  ecdsaWithSha256: der(0x06, Buffer.from('2a8648ce3d040302', 'hex')),
  commonName: der(0x06, Buffer.from('550403', 'hex')),
  subjectKeyId: der(0x06, Buffer.from('551d0e', 'hex')),
  keyUsage: der(0x06, Buffer.from('551d0f', 'hex')),
  alternativeNames: der(0x06, Buffer.from('551d11', 'hex')),
  basicConstraints: der(0x06, Buffer.from('551d13', 'hex')),
  authorityKeyId: der(0x06, Buffer.from('551d23', 'hex')),
  extendedKeyUsage: der(0x06, Buffer.from('551d25', 'hex')),
  serverAuth: der(0x06, Buffer.from('2b06010505070301', 'hex')),
};

const ALGORITHM = sequence(oids.ecdsaWithSha256);

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oids.commonName, der(0x0c, Buffer.from(commonName, 'utf8')))));
}

/** UTC; years beyond 2049 are written with four digits. */
function timeOf(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha1').update(key.export({ type: 'spki', format: 'der' })).digest();
}

const extension = (id: Buffer, value: Buffer, isCritical = false) => sequence(id, ...(isCritical ? [yes] : []), octets(value));

interface Request {
  commonName: string;
  issuer: string;
  validMs: number;
  now: Date;
  signWith: KeyObject;
  publicKey: KeyObject;
  extensions: Buffer[];
}

function signed({ commonName, issuer, validMs, now, signWith, publicKey, extensions }: Request): string {
  const serial = randomBytes(16);
  // positive, and not shorter than it looks
  serial[0] = (serial[0] & 0x7f) | 0x40;
  const anHourBefore = new Date(now.getTime() - 3_600_000);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ALGORITHM,
    nameOf(issuer),
    sequence(timeOf(anHourBefore), timeOf(new Date(now.getTime() + validMs))),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const text = sequence(body, ALGORITHM, bits(sign('sha256', body, signWith))).toString('base64');
  return ['-----BEGIN CERTIFICATE-----', ...(text.match(/.{1,64}/g) ?? []), '-----END CERTIFICATE-----', ''].join('\n');
}

function newKeyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Makes a certificate authority that signs server certificates, valid for `validMs` milliseconds. */
export function makeAuthority(commonName: string, validMs: number, now: Date): KeyPair {
  const { privateKey, publicKey, pem } = newKeyPair();
  const extensions = [
    extension(oids.basicConstraints, sequence(yes), true),
    extension(oids.keyUsage, bits(Buffer.from([0x06]), 1), true),
    extension(oids.subjectKeyId, octets(keyIdOf(publicKey))),
  ];
  return { key: pem, certificate: signed({ commonName, issuer: commonName, validMs, now, signWith: privateKey, publicKey, extensions }) };
}

/** Makes a server's certificate for DNS names and IPv4 addresses, signed by an authority of {@link makeAuthority}. */
export function makeServerCertificate(authority: KeyPair, names: readonly string[], validMs: number, now: Date): KeyPair {
  const { publicKey, pem } = newKeyPair();
  const issuer = /^CN=(.+)$/m.exec(new X509Certificate(authority.certificate).subject)?.[1] ?? '';
  const signWith = createPrivateKey(authority.key);
  const nameEntry = (name: string) => (isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name, 'ascii')));
  const extensions = [
    extension(oids.basicConstraints, sequence(), true),
    extension(oids.keyUsage, bits(Buffer.from([0x80]), 7), true),
    extension(oids.extendedKeyUsage, sequence(oids.serverAuth)),
    extension(oids.authorityKeyId, sequence(der(0x80, keyIdOf(createPublicKey(signWith))))),
    extension(oids.alternativeNames, sequence(...names.map(nameEntry))),
  ];
  // a subject may have 64 characters at most; the names stand in their extension
  return { key: pem, certificate: signed({ commonName: 'webhook', issuer, validMs, now, signWith, publicKey, extensions }) };
}

/** The certificates of a bundle, each as PEM. */
export function certificatesIn(bundle: string): string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.map(text => `${text}\n`) ?? [];
}
