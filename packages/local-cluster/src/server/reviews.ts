import type { Attributes, Authorizer, User } from '../auth/user';
import type { Tokens } from '../auth/tokens';
import { isObject, type Json } from '../schema/types';

const part = (object: Json, field: string): Json => (isObject(object[field]) ? (object[field] as Json) : {});
const text = (value: unknown) => (typeof value === 'string' ? value : '');

export interface ReviewContext {
  user: User;
  authorize: Authorizer;
  tokens: Tokens;
}

/** Kinds that are questions: what is posted comes back with the answer in its status. */
export function answerReview(review: Json, { user, authorize, tokens }: ReviewContext): Json {
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
      return { ...review, status: rulesOf(user, authorize) };
    case 'SelfSubjectAccessReview':
      return { ...review, status: decide(user, spec, authorize) };
    default: {
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

function rulesOf(user: User, authorize: Authorizer): Json {
  const all = authorize(user, { verb: '*', group: '*', resource: '*' }).allowed;
  return {
    resourceRules: all ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
    nonResourceRules: all ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
    incomplete: false,
  };
}
