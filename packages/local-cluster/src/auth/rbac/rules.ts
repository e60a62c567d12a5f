import type { Attributes } from '../user';

/** One rule of a role. */
export interface PolicyRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

const has = (values: string[] | undefined, wanted: string) => values?.some(value => value === '*' || value === wanted) ?? false;

function namesResource(resources: string[] | undefined, resource: string, subresource: string | undefined): boolean {
  const whole = subresource ? `${resource}/${subresource}` : resource;
  return resources?.some(name => name === '*' || name === whole || (subresource !== undefined && subresource !== '' && name === `*/${subresource}`)) ?? false;
}

const namesPath = (patterns: string[] | undefined, path: string) =>
  patterns?.some(pattern => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))) ?? false;

/** Whether a rule permits what a call wants to do. */
export function permits(rule: PolicyRule, { verb, path, group = '', resource = '', subresource, name = '' }: Attributes): boolean {
  if (!has(rule.verbs, verb)) return false;
  if (path !== undefined) return namesPath(rule.nonResourceURLs, path);
  const isNamed = !rule.resourceNames?.length || rule.resourceNames.includes(name);
  return isNamed && has(rule.apiGroups, group) && namesResource(rule.resources, resource, subresource);
}

/** A rule taken apart: each piece names one verb of one resource, one object of it, or one path. */
function piecesOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames : [undefined];
  const ofResources = apiGroups.flatMap(group =>
    resources.flatMap(resource =>
      names.flatMap(name => verbs.map(verb => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...(name === undefined ? {} : { resourceNames: [name] }) }))),
    ),
  );
  const ofPaths = nonResourceURLs.flatMap(path => verbs.map(verb => ({ verbs: [verb], nonResourceURLs: [path] })));
  return [...ofResources, ...ofPaths];
}

function coversPiece(owner: PolicyRule, piece: PolicyRule): boolean {
  if (!has(owner.verbs, piece.verbs[0])) return false;
  if (piece.nonResourceURLs) return namesPath(owner.nonResourceURLs, piece.nonResourceURLs[0]);
  const [resource, subresource] = (piece.resources?.[0] ?? '').split('/');
  const isWide = owner.resources?.includes('*') || owner.resources?.includes(piece.resources?.[0] ?? '');
  const isNamed = !owner.resourceNames?.length || (piece.resourceNames !== undefined && owner.resourceNames.includes(piece.resourceNames[0]));
  return isNamed && has(owner.apiGroups, piece.apiGroups?.[0] ?? '') && (isWide || namesResource(owner.resources, resource, subresource));
}

/** What of the wanted rules the owner does not have itself, with the verbs of one thing together. */
export function notCovered(owned: PolicyRule[], wanted: PolicyRule[]): PolicyRule[] {
  const missing = new Map<string, PolicyRule>();
  for (const piece of wanted.flatMap(piecesOf)) {
    if (owned.some(rule => coversPiece(rule, piece))) continue;
    const { verbs, ...thing } = piece;
    const key = JSON.stringify(thing);
    const known = missing.get(key);
    if (!known) missing.set(key, piece);
    else if (!known.verbs.includes(verbs[0])) known.verbs.push(verbs[0]);
  }
  return [...missing.values()].map(rule => ({ ...rule, verbs: [...rule.verbs].sort() }));
}

/** A rule as Kubernetes writes it in refusals. */
export function textOf({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  const parts = [
    ['APIGroups', apiGroups],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Resources', resources],
    ['Verbs', verbs],
  ] as const;
  const order = ['APIGroups', 'Resources', 'NonResourceURLs', 'ResourceNames', 'Verbs'];
  const shown = parts.filter(([, values]) => values?.length).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return `{${shown.map(([name, values = []]) => `${name}:[${values.map(value => JSON.stringify(value)).join(' ')}]`).join(', ')}}`;
}
