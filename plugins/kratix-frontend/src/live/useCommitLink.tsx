import { useEntity } from '@backstage/plugin-catalog-react';
import { RiGitCommitLine } from '@remixicon/react';
import { identityOf } from '@kratix-ts/backstage-plugin-kratix-common';
import { useWords } from '../components/useWords';
import { useLiveRequest } from './useLiveRequest';

/** The link from a request's entity to the commit that holds its files; it stays without an address until there is one. */
export function useCommitLink() {
  const { t } = useWords();
  const { entity } = useEntity();
  const identity = identityOf(entity);
  if (!identity) throw new Error(`${entity.metadata.name} does not say which request it stands for`);
  const { state } = useLiveRequest(identity).snapshot;
  const href = state?.delivery.commits.find(({ url }) => url && /^https?:\/\//i.test(url))?.url;
  return {
    label: t('around.viewInGit'),
    icon: <RiGitCommitLine aria-hidden />,
    ...(href ? { href } : { disabled: true, title: t('around.noCommit') }),
  };
}
