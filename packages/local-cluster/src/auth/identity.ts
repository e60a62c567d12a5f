import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { issueCertificate, makeAuthority, stillServes, type KeyAndCertificate, type Subject } from './certificates';

export interface Identity {
  authority: KeyAndCertificate;
  server: KeyAndCertificate;
  admin: KeyAndCertificate;
  /** The key that signs the tokens of service accounts, PEM. */
  tokenKey: string;
}

const NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', '127.0.0.1', '10.0.2.2'];
const ADMIN: Subject = { commonName: 'kubernetes-admin', organisations: ['system:masters'] };

/** The keys and certificates of one cluster, made at its first start and kept in a folder that only the user can read. */
export function loadIdentity(folder: string, hosts: string[], now: Date): Identity {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const names = [...new Set([...NAMES, ...hosts])];
  const authority = keep(folder, 'ca', () => makeAuthority(now), () => true);
  const isCurrent = (pair: KeyAndCertificate, wanted: string[]) => stillServes(pair.certificate, wanted, now);
  return {
    authority,
    server: keep(folder, 'server', () => issueCertificate(authority, { commonName: 'kube-apiserver' }, names, now), pair => isCurrent(pair, names)),
    admin: keep(folder, 'admin', () => issueCertificate(authority, ADMIN, 'client', now), pair => isCurrent(pair, [])),
    tokenKey: tokenKey(folder),
  };
}

function keep(folder: string, name: string, make: () => KeyAndCertificate, isUsable: (pair: KeyAndCertificate) => boolean): KeyAndCertificate {
  const [keyFile, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  if (existsSync(keyFile) && existsSync(certificateFile)) {
    const known = { key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') };
    if (isUsable(known)) return known;
  }
  const made = make();
  writeFileSync(certificateFile, made.certificate, { mode: 0o600 });
  writeFileSync(keyFile, made.key, { mode: 0o600 });
  return made;
}

function tokenKey(folder: string): string {
  const file = join(folder, 'tokens.key');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(file, pem, { mode: 0o600 });
  return pem;
}

/** Writes a kubeconfig that only the user can read. */
export function writeKubeconfig(file: string, server: string, { authority, admin }: Identity): void {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const name = 'kratix-ts';
  const text = `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${server}
    certificate-authority-data: ${encode(authority.certificate)}
users:
- name: ${name}
  user:
    client-certificate-data: ${encode(admin.certificate)}
    client-key-data: ${encode(admin.key)}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
current-context: ${name}
`;
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}
