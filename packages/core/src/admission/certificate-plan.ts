import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { certificatesIn, makeAuthority, makeServerCertificate, type KeyPair } from '../runtime/x509';

const DAY_MS = 24 * 3_600_000;
const SERVER_MS = 365 * DAY_MS;
const AUTHORITY_MS = 10 * SERVER_MS;

/** The keys of Secret `webhook-server-cert`, decoded; cert-manager writes the first three, too. */
export interface CertificateData {
  'tls.crt': string;
  'tls.key': string;
  /** One or more authorities, the newest first. */
  'ca.crt': string;
  /** Key of the first authority; only who has it can renew. */
  'ca.key'?: string;
}

export type CertificateStep =
  /** Serve with what is there, and look again at this time. */
  | { do: 'keep'; until: Date }
  | { do: 'write'; data: CertificateData }
  /** Somebody else looks after the Secret, and what it holds is of no use. */
  | { do: 'wait'; problem: string };

export interface CertificateState {
  data: Partial<CertificateData> | undefined;
  /** Somebody else renews the certificate, such as cert-manager. */
  isForeign: boolean;
  /** Names that the server answers to. */
  names: readonly string[];
  /** The authorities that the API server has been told to trust. */
  announced: string;
  now: Date;
}

/**
 * What to do about the certificate. Renewed after two thirds of its life. A new authority is announced beside the old one
 * before anything is signed with it, so that there is no moment at which the API server does not trust what is served.
 */
export function planCertificate({ data, isForeign, names, announced, now }: CertificateState): CertificateStep {
  const usable = usableOf(data, names, now);
  if (isForeign) return usable ? { do: 'keep', until: new Date(Date.parse(usable.server.validTo)) } : { do: 'wait', problem: 'what it holds is no certificate for the webhook that is valid now' };
  if (!usable) return { do: 'write', data: madeAnew(names, now) };
  const renewAt = renewalOf(usable.server);
  if (now < renewAt) return { do: 'keep', until: renewAt };
  const { authority, data: held } = usable;
  if (!authority) return { do: 'write', data: madeAnew(names, now) };
  const lasts = Date.parse(new X509Certificate(authority.certificate).validTo) - now.getTime() > SERVER_MS;
  if (!lasts) {
    const next = newAuthority(now);
    return { do: 'write', data: { ...held, 'ca.crt': next.certificate + held['ca.crt'], 'ca.key': next.key } };
  }
  if (!certificatesIn(announced).includes(authority.certificate)) return { do: 'keep', until: new Date(Date.parse(usable.server.validTo)) };
  const server = makeServerCertificate(authority, names, SERVER_MS, now);
  const alive = certificatesIn(held['ca.crt']).filter(each => Date.parse(new X509Certificate(each).validTo) > now.getTime());
  return { do: 'write', data: { 'tls.crt': server.certificate, 'tls.key': server.key, 'ca.crt': alive.join(''), 'ca.key': authority.key } };
}

function newAuthority(now: Date): KeyPair {
  return makeAuthority('kratix-ts webhook', AUTHORITY_MS, now);
}

function madeAnew(names: readonly string[], now: Date): CertificateData {
  const authority = newAuthority(now);
  const server = makeServerCertificate(authority, names, SERVER_MS, now);
  return { 'tls.crt': server.certificate, 'tls.key': server.key, 'ca.crt': authority.certificate, 'ca.key': authority.key };
}

function renewalOf(server: X509Certificate): Date {
  const [from, to] = [Date.parse(server.validFrom), Date.parse(server.validTo)];
  return new Date(from + ((to - from) * 2) / 3);
}

interface Usable {
  server: X509Certificate;
  data: CertificateData;
  /** Undefined where its key is not there. */
  authority?: KeyPair;
}

/** Undefined when a server could not serve with it now. */
function usableOf(data: Partial<CertificateData> | undefined, names: readonly string[], now: Date): Usable | undefined {
  const { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': bundle, 'ca.key': authorityKey } = data ?? {};
  if (!certificate || !key || !bundle) return undefined;
  try {
    const server = new X509Certificate(certificate);
    const authorities = certificatesIn(bundle);
    const answers = names.every(name => (isIPv4(name) ? server.checkIP(name) : server.checkHost(name)) !== undefined);
    const isValid = Date.parse(server.validFrom) <= now.getTime() && Date.parse(server.validTo) > now.getTime();
    const isSigned = authorities.some(each => server.verify(new X509Certificate(each).publicKey));
    if (!answers || !isValid || !isSigned || !server.checkPrivateKey(createPrivateKey(key))) return undefined;
    const [newest] = authorities;
    const belongs = authorityKey && new X509Certificate(newest).publicKey.equals(createPublicKey(createPrivateKey(authorityKey)));
    return {
      server,
      data: { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': authorities.join(''), ...(authorityKey && { 'ca.key': authorityKey }) },
      ...(belongs && { authority: { certificate: newest, key: authorityKey } }),
    };
  } catch {
    return undefined;
  }
}
