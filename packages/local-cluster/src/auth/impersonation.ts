import type { IncomingMessage } from 'node:http';
import { StatusError } from '../api';
import { ANONYMOUS, type Attributes, type User } from './user';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const EXTRA = 'impersonate-extra-';

/** Whom a call wants to act as, and what its sender must be allowed to do for that. Undefined: as itself. */
export function impersonation(headers: IncomingMessage['headersDistinct']): { user: User; needs: Attributes[] } | undefined {
  const [username] = headers['impersonate-user'] ?? [];
  const groups = headers['impersonate-group'] ?? [];
  const [uid] = headers['impersonate-uid'] ?? [];
  const extra = Object.entries(headers).flatMap(([name, values]) => (name.startsWith(EXTRA) && values ? [[decodeURIComponent(name.slice(EXTRA.length)), values] as [string, string[]]] : []));
  if (!username) {
    if (groups.length > 0 || uid || extra.length > 0) throw new StatusError(500, 'InternalError', 'Internal error occurred: requested groups, uid or extra fields without impersonating a user');
    return undefined;
  }
  const account = SERVICE_ACCOUNT.exec(username);
  const ask = (group: string, resource: string, name: string, more: Partial<Attributes> = {}): Attributes => ({ verb: 'impersonate', group, version: 'v1', resource, name, ...more });
  const needs = [
    account ? ask('', 'serviceaccounts', account[2], { namespace: account[1] }) : ask('', 'users', username),
    ...groups.map(group => ask('', 'groups', group)),
    ...(uid ? [ask('authentication.k8s.io', 'uids', uid)] : []),
    ...extra.flatMap(([key, values]) => values.map(value => ask('authentication.k8s.io', 'userextras', value, { subresource: key }))),
  ];
  const own = account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : [];
  const everybody = username === ANONYMOUS.username ? 'system:unauthenticated' : 'system:authenticated';
  const all = [...new Set([...groups, ...own, everybody])];
  return { user: { username, groups: all, ...(uid ? { uid } : {}), ...(extra.length > 0 ? { extra: Object.fromEntries(extra) } : {}) }, needs };
}
