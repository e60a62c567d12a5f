import { isIPv4, isIPv6 } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';

/** An address; `value` holds its bits. */
class Ip {
  constructor(readonly value: bigint, readonly bits: 32 | 128) {}
}

class Cidr {
  constructor(readonly ip: Ip, readonly prefix: number) {}
}

class Url {
  constructor(readonly scheme: string, readonly host: string, readonly path: string, readonly query: string) {}
}

class IpNamespace {}

function valueOfV4(text: string): bigint {
  return text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function valueOfV6(text: string): bigint {
  const [head, tail] = text.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':').flatMap(group => (group.includes('.') ? fromV4(group) : [group])) : []);
  const [left, right] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}

function fromV4(text: string): string[] {
  const value = valueOfV4(text);
  return [(value >> 16n).toString(16), (value & 0xffffn).toString(16)];
}

/** Undefined for what is no address; an IPv4 address within an IPv6 one is none, as in Kubernetes. */
function parseIp(text: string): Ip | undefined {
  if (isIPv4(text)) return new Ip(valueOfV4(text), 32);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const value = valueOfV6(text);
  return value >> 32n === 0xffffn ? undefined : new Ip(value, 128);
}

function readIp(text: string): Ip {
  const ip = parseIp(text);
  if (!ip) throw new Error(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  return ip;
}

function textOf({ value, bits }: Ip): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function parseCidr(text: string): Cidr | undefined {
  const [address, prefix, ...rest] = text.split('/');
  const ip = parseIp(address);
  if (!ip || rest.length > 0 || !/^(0|[1-9]\d*)$/.test(prefix ?? '') || Number(prefix) > ip.bits) return undefined;
  return new Cidr(ip, Number(prefix));
}

function readCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`network address parse error during conversion from string: ${text}`);
  return cidr;
}

const networkOf = ({ value, bits }: Ip, prefix: number) => value >> BigInt(bits - prefix);
const contains = ({ ip, prefix }: Cidr, other: Ip) => ip.bits === other.bits && networkOf(ip, prefix) === networkOf(other, prefix);
const within = (ranges: string[]) => {
  const all = ranges.map(readCidr);
  return (ip: Ip) => all.some(range => contains(range, ip));
};
const isLoopback = within(['127.0.0.0/8', '::1/128']);
const isLinkLocal = within(['169.254.0.0/16', 'fe80::/10']);
const isLinkLocalMulticast = within(['224.0.0.0/24', 'ff02::/16']);
const isMulticast = within(['224.0.0.0/4', 'ff00::/8']);
const isBroadcast = within(['255.255.255.255/32']);

const isGlobal = (ip: Ip) => ip.value !== 0n && ![isLoopback, isLinkLocal, isMulticast, isBroadcast].some(is => is(ip));

const URL_FORM = /^([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?$/;

/** An absolute URL or an absolute path, as Go's `ParseRequestURI` takes it. */
function parseUrl(text: string): Url | undefined {
  if (text.startsWith('/')) return new Url('', '', ...splitQuery(text));
  const match = URL_FORM.exec(text);
  if (!match || /\s/.test(text)) return undefined;
  const [, scheme, authority = '', path, query = ''] = match;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return /:\D|:\d+\D/.test(host.replace(/^\[[^\]]*\]/, '')) ? undefined : new Url(scheme.toLowerCase(), host, path, query);
}

function splitQuery(text: string): [path: string, query: string] {
  const at = text.indexOf('?');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function readUrl(text: string): Url {
  const url = parseUrl(text);
  if (!url) throw new Error(`URL parse error during conversion from string: ${text}`);
  return url;
}

const hostForm = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/;

function queryOf({ query }: Url): Record<string, string[]> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries([...new Set(parameters.keys())].map(key => [key, [...parameters.getAll(key)]]));
}

/** Kubernetes' CEL libraries of addresses, networks and URLs. */
export function addNetwork(environment: Environment): Environment {
  addAddresses(environment);
  return environment
    .registerType('URL', Url)
    .registerFunction('url(string): URL', readUrl)
    .registerFunction('isURL(string): bool', (text: string) => parseUrl(text) !== undefined)
    .registerFunction('URL.getScheme(): string', ({ scheme }: Url) => scheme)
    .registerFunction('URL.getHost(): string', ({ host }: Url) => host)
    .registerFunction('URL.getHostname(): string', ({ host }: Url) => (hostForm.exec(host)?.[1] ?? host).replace(/^\[|\]$/g, ''))
    .registerFunction('URL.getPort(): string', ({ host }: Url) => hostForm.exec(host)?.[2] ?? '')
    .registerFunction('URL.getEscapedPath(): string', ({ path }: Url) => path)
    .registerFunction('URL.getQuery(): map', queryOf);
}

function addAddresses(environment: Environment): void {
  environment
    .registerType('IP', Ip)
    .registerType('CIDR', Cidr)
    .registerType('IPNamespace', IpNamespace)
    .registerConstant('ip', 'IPNamespace', new IpNamespace())
    .registerFunction('ip(string): IP', readIp)
    .registerFunction('isIP(string): bool', (text: string) => parseIp(text) !== undefined)
    .registerFunction('IPNamespace.isCanonical(string): bool', (_ip: IpNamespace, text: string) => textOf(readIp(text)) === text)
    .registerFunction('IP.family(): int', ({ bits }: Ip) => (bits === 32 ? 4n : 6n))
    .registerFunction('IP.isUnspecified(): bool', ({ value }: Ip) => value === 0n)
    .registerFunction('IP.isLoopback(): bool', isLoopback)
    .registerFunction('IP.isLinkLocalMulticast(): bool', isLinkLocalMulticast)
    .registerFunction('IP.isLinkLocalUnicast(): bool', isLinkLocal)
    .registerFunction('IP.isGlobalUnicast(): bool', isGlobal)
    .registerFunction('string(IP): string', textOf)
    .registerOperator('IP == IP', (a: Ip, b: Ip) => a.bits === b.bits && a.value === b.value)
    .registerFunction('cidr(string): CIDR', readCidr)
    .registerFunction('isCIDR(string): bool', (text: string) => parseCidr(text) !== undefined)
    .registerFunction('CIDR.containsIP(IP): bool', contains)
    .registerFunction('CIDR.containsIP(string): bool', (cidr: Cidr, text: string) => contains(cidr, readIp(text)))
    .registerFunction('CIDR.containsCIDR(CIDR): bool', (a: Cidr, b: Cidr) => a.prefix <= b.prefix && contains(a, b.ip))
    .registerFunction('CIDR.containsCIDR(string): bool', (a: Cidr, text: string) => a.prefix <= readCidr(text).prefix && contains(a, readCidr(text).ip))
    .registerFunction('CIDR.ip(): IP', ({ ip }: Cidr) => ip)
    .registerFunction('CIDR.prefixLength(): int', ({ prefix }: Cidr) => BigInt(prefix))
    .registerFunction('CIDR.masked(): CIDR', ({ ip, prefix }: Cidr) => {
      const shift = BigInt(ip.bits - prefix);
      return new Cidr(new Ip((ip.value >> shift) << shift, ip.bits), prefix);
    })
    .registerFunction('string(CIDR): string', ({ ip, prefix }: Cidr) => `${textOf(ip)}/${prefix}`)
    .registerOperator('CIDR == CIDR', (a: Cidr, b: Cidr) => a.prefix === b.prefix && a.ip.bits === b.ip.bits && a.ip.value === b.ip.value);
}
