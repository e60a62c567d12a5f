import type { Attributes, Authorizer, User } from '../auth/user';
import type { PolicyRule } from '../auth/rbac/rules';
import type { Tokens } from '../auth/tokens';
import { badRequest } from '../registry/errors';
import { isObject, type Json } from '../schema/types';

const part = (object: Json, field: string): Json => (isObject(object[field]) ? (object[field] as Json) : {});
const text = (value: unknown) => (typeof value === 'string' ? value : '');

export interface ReviewContext {
  user: User;
  authorize: Authorizer;
  rulesOf: (user: User, namespace: string) => PolicyRule[];
  tokens: Tokens;
  /** Where a local review asks. */
  namespace: string | undefined;
}

/** Kinds that are questions: what is posted comes back with the answer in its status. */
export function answerReview(review: Json, { user, authorize, rulesOf, tokens, namespace }: ReviewContext): Json {
  const spec = part(review, 'spec');
  switch (review.kind) {
    case 'TokenReview': {
      const owner = tokens.userOf(text(spec.token));
      const status = owner ? { authenticated: true, user: describe(owner), audiences: spec.audiences } : { user: {}, error: 'the token is not valid' };
      return { ...review, status };
    }
    case 'SelfSubjectReview':
      return { ...review, status: { userInfo: describe(user) } };
    case 'SelfSubjectRulesReview':
      return { ...review, status: rulesStatus(rulesOf(user, text(spec.namespace))) };
    case 'SelfSubjectAccessReview':
      return { ...review, status: decide(user, spec, authorize) };
    default: {
      if (namespace !== undefined && part(spec, 'resourceAttributes').namespace !== namespace) {
        throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
      }
      const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
      return { ...review, status: decide({ username: text(spec.user), groups }, spec, authorize) };
    }
  }
}

function describe({ username, uid, groups, extra }: User): Json {
  return { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}

function decide(user: User, spec: Json, authorize: Authorizer): Json {
  const resource = part(spec, 'resourceAttributes');
  const path = part(spec, 'nonResourceAttributes');
  const attributes: Attributes = isObject(spec.resourceAttributes)
    ? {
        verb: text(resource.verb),
        group: text(resource.group),
        version: text(resource.version),
        resource: text(resource.resource),
        subresource: text(resource.subresource),
        namespace: text(resource.namespace),
        name: text(resource.name),
      }
    : { verb: text(path.verb), path: text(path.path) };
  const { allowed, reason } = authorize(user, attributes);
  return { allowed, ...(reason ? { reason } : {}) };
}

function rulesStatus(rules: PolicyRule[]): Json {
  return {
    resourceRules: rules.filter(({ resources }) => resources).map(({ nonResourceURLs: _paths, ...rule }) => rule),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
