import { StoreError, StoreErrorReason } from './store';

const MAX_WORDS = 1500;

/** What git said, and what that means. The first match decides, so the narrow ones come first. */
const MEANINGS: ReadonlyArray<readonly [RegExp, StoreErrorReason]> = [
  [/host key verification failed|remote host identification has changed|no .* host key is known/i, 'ServerNotTrusted'],
  [/certificate|\bSSL\b.*(verify|problem|error)|server verification failed/i, 'ServerNotTrusted'],
  [/returned error: 30\d|unable to update url base from redirection|redirect/i, 'InvalidSpec'],
  [/returned error: 429|too many requests|rate limit/i, 'RateLimited'],
  [/returned error: 5\d\d|error: RPC failed; HTTP 5\d\d/i, 'NotReachable'],
  [/authentication failed|returned error: 40[13]|could not read (username|password)|permission denied|access denied|invalid credentials|terminal prompts disabled|too many authentication failures|write access to repository not granted/i, 'AuthenticationFailed'],
  [/returned error: 404|repository .*not found|does not appear to be a git repository|does not exist|not found: did you run git update-server-info|no such file or directory/i, 'NotFound'],
  [/no space left on device|disk quota exceeded|read-only file system/i, 'LocalFault'],
  [/corrupt|bad object|unable to read|missing (blob|tree|commit)|not a valid object|invalid object|inflate|unpack-objects|bad tree|shallow file has changed|object file .* is empty|failed to traverse parents|not a git repository|unable to create .*lock|index-pack failed/i, 'LocalFault'],
  [/could not resolve (host|proxy|hostname)|failed to connect|connection (refused|reset|timed out|closed)|couldn't connect|network is unreachable|no route to host|operation (timed out|too slow)|remote end hung up|early EOF|empty reply|could not read from remote repository|transfer closed|gnutls|recv failure|RPC failed|http\/2 stream/i, 'NotReachable'],
];

// A server's refusal quotes what it likes; it is never taken for a fault of ours.
const REFUSED = /^!\t.*\t\[remote rejected\] ?\((.*)\)/m;
const LOST_RACE = /^!\t.*\t\[rejected\] \((stale info|fetch first|non-fast-forward|already exists|needs force)\)/m;
const LOST_RACE_AT_SERVER = /cannot lock ref|failed to update ref|incorrect old value|reference already exists|fetch first|non-fast-forward|failed to lock|stale info|unable to lock|concurrent/i;

/** What the server's programs wrote (`remote: …`), else git's own complaints, each line once. */
export function serverWords(stderr: string, rejected?: string): string {
  const lines = stderr.split(/[\r\n]+/u).map(line => line.trim()).filter(line => line !== '');
  const remote = lines.flatMap(line => /^remote: *(.+)$/u.exec(line)?.[1] ?? []).filter(line => !/^(counting|compressing|enumerating|resolving|total) /iu.test(line));
  const own = lines.flatMap(line => /^(?:fatal|error|ERROR): *(.+)$/u.exec(line)?.[1] ?? []).filter(line => !/^failed to push some refs/u.test(line));
  const other = lines.filter(line => !/^(To |hint:|remote:|fatal:|error:|warning:)/u.test(line));
  const words = [...new Set([...(rejected ? [rejected] : []), ...remote, ...(remote.length && rejected ? [] : own)])];
  return (words.length ? words : other).join('; ').slice(0, MAX_WORDS) || 'git gave no reason';
}

/** Secrets as they stand, in base64 and in a URL, become `***`. */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = secrets.filter(secret => secret.length > 2).flatMap(secret => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return forms.sort((a, b) => b.length - a.length).reduce((clean, form) => clean.split(form).join('***'), text);
}

/** A failed fetch or push, as the error to report. `what` begins the sentence: which command, which store. */
export function gitFailure(what: string, output: { stderr: string; stdout?: string }, secrets: readonly string[]): StoreError {
  const refusal = REFUSED.exec(output.stdout ?? '')?.[1];
  const reason = refusal !== undefined ? 'Rejected' : MEANINGS.find(([pattern]) => pattern.test(output.stderr))?.[1] ?? 'LocalFault';
  const words = scrub(serverWords(output.stderr, refusal), secrets);
  const mend = reason === 'InvalidSpec' ? '; set spec.url to the address that the server redirects to' : '';
  return new StoreError(reason, `${what}: ${words}${mend}`);
}

/** True when a push failed only because somebody else had pushed first. */
export function lostRace(stdout: string): boolean {
  const refusal = REFUSED.exec(stdout)?.[1];
  return LOST_RACE.test(stdout) || (refusal !== undefined && LOST_RACE_AT_SERVER.test(refusal));
}
