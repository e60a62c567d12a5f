import { StoreError } from './store';

/** The same text with plain line ends, one of them at its end, as ssh wants it. */
export const tidyLines = (text: string) => `${text.replace(/\r\n?/gu, '\n').trim()}\n`;

/** A private key of ssh from a Secret, in its file form. Throws StoreError `InvalidSpec` naming the Secret's key, never its value. */
export function sshPrivateKey(text: string, store: string, secretKey: string): string {
  const key = tidyLines(text);
  const refuse = (problem: string) => new StoreError('InvalidSpec', `Secret of store "${store}", key "${secretKey}" ${problem}`);
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(key)) throw refuse('is not a private key in PEM or OpenSSH form');
  const cipher = /BEGIN OPENSSH/u.test(key)
    ? Buffer.from(key.replace(/-----[^-]+-----|\s/gu, ''), 'base64').subarray(19, 23).toString()
    : 'none';
  if (cipher !== 'none' || /ENCRYPTED/u.test(key)) throw refuse('needs a passphrase; use a key without one');
  return key;
}

/** The lines of a private key that must never be seen. */
export const secretLines = (key: string) => key.split('\n').filter(line => line.length > 20 && !line.startsWith('-----'));
