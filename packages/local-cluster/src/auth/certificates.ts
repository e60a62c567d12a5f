import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, der, integer, octets, oid, sequence, set, time, utf8 } from './der';

export interface KeyAndCertificate {
  /** PEM. */
  key: string;
  /** PEM. */
  certificate: string;
}

export interface Subject {
  commonName: string;
  organisations?: string[];
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const YEARS = 10;

function nameOf({ commonName, organisations = [] }: Subject): Buffer {
  const attribute = (type: string, value: string) => set(sequence(oid(type), utf8(value)));
  return sequence(...organisations.map(value => attribute('2.5.4.10', value)), attribute('2.5.4.3', commonName));
}

function extension(type: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(type), ...(critical ? [boolean(true)] : []), octets(value));
}

function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha1').update(key.export({ type: 'spki', format: 'der' })).digest();
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(0x82, Buffer.from(name, 'ascii'));
}

interface Request {
  subject: Subject;
  issuer: Subject;
  publicKey: KeyObject;
  signingKey: KeyObject;
  extensions: Buffer[];
  now: Date;
}

function certificate({ subject, issuer, publicKey, signingKey, extensions, now }: Request): string {
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + YEARS);
  const begin = new Date(now.getTime() - 3600_000);
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 127) | 1;
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time(begin), time(end)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const raw = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signingKey)));
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}

function newKey(): { privateKey: KeyObject; publicKey: KeyObject; pem: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...pair, pem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const AUTHORITY: Subject = { commonName: 'kratix-ts local cluster' };

/** A certificate authority of its own for one cluster. */
export function makeAuthority(now: Date): KeyAndCertificate {
  const { privateKey, publicKey, pem } = newKey();
  const extensions = [
    extension('2.5.29.19', true, sequence(boolean(true))),
    extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    extension('2.5.29.14', false, octets(keyIdOf(publicKey))),
  ];
  return { key: pem, certificate: certificate({ subject: AUTHORITY, issuer: AUTHORITY, publicKey, signingKey: privateKey, extensions, now }) };
}

/** A certificate for a server (with the names that it answers to) or for a client. */
export function issueCertificate(authority: KeyAndCertificate, subject: Subject, names: string[] | 'client', now: Date): KeyAndCertificate {
  const { publicKey, pem } = newKey();
  const signingKey = createPrivateKey(authority.key);
  const purpose = names === 'client' ? '1.3.6.1.5.5.7.3.2' : '1.3.6.1.5.5.7.3.1';
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(oid(purpose))),
    extension('2.5.29.35', false, sequence(der(0x80, keyIdOf(createPublicKey(signingKey))))),
    ...(names === 'client' ? [] : [extension('2.5.29.17', false, sequence(...names.map(alternativeName)))]),
  ];
  return { key: pem, certificate: certificate({ subject, issuer: AUTHORITY, publicKey, signingKey, extensions, now }) };
}

/** True while a server certificate answers to all names and lasts another month. */
export function stillServes(pem: string, names: string[], now: Date): boolean {
  const parsed = new X509Certificate(pem);
  const lasts = Date.parse(parsed.validTo) - now.getTime() > 30 * 24 * 3600_000;
  return lasts && names.every(name => (isIPv4(name) ? parsed.checkIP(name) : parsed.checkHost(name)) !== undefined);
}
