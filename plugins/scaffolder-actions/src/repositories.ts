import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';

/** A repository into which templates may push branches. */
export interface Repository {
  name: string;
  /** Address over HTTP(S), without credentials. */
  url: string;
  username: string;
  password: string;
  /** Branch that new branches begin at; undefined means the repository's own. */
  base?: string;
}

/** Reads `kratix.repositories`. Throws an Error that names the field. */
export function repositoriesFromConfig(config: RootConfigService): Repository[] {
  return (config.getOptionalConfigArray('kratix.repositories') ?? []).map((entry, index) => {
    const url = entry.getString('url');
    const isHttp = /^https?:\/\/[^/@]+\//.test(url);
    if (!isHttp) throw new Error(`kratix.repositories[${index}].url must be an HTTP address without credentials; username and password have fields of their own`);
    return {
      name: entry.getString('name'),
      url,
      username: entry.getOptionalString('username') ?? 'git',
      password: entry.getOptionalString('password') ?? '',
      base: entry.getOptionalString('base'),
    };
  });
}

/** Throws InputError when the configuration names no such repository: templates reach those alone. */
export function repositoryOf(repositories: Repository[], name: string): Repository {
  const found = repositories.find(repository => repository.name === name);
  if (found) return found;
  const names = repositories.map(repository => repository.name).join(', ');
  throw new InputError(`There is no repository "${name}" in kratix.repositories; there are: ${names || 'none'}`);
}
