import { useEffect, useState } from 'react';
import { Text } from '@backstage/ui';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { needsAttention } from '@kratix-ts/backstage-plugin-kratix-common';
import { useLiveQuery } from '../../live/useLiveQuery';
import { Legible } from '../Legible';
import { AttentionList } from '../platform/Attention';
import { LoadingRows, NoAnswer } from '../platform/Notices';
import { useRequestAddress } from '../platform/useAddresses';
import { useWords } from '../useWords';

/** So many are asked for; those that need nobody are left out. */
const MOST = 10;

/** The user's own requests that wait for somebody; for the home page. */
export function MyAttention() {
  const user = useUserRef();
  return (
    <Legible>
      <div data-kratix="">{user ? <Mine user={user} /> : <LoadingRows rows={3} />}</div>
    </Legible>
  );
}

function Mine({ user }: { user: string }) {
  const { t } = useWords();
  const requestAddress = useRequestAddress();
  const view = useLiveQuery(`mine ${user}`, (api, signal) =>
    api.requests({ requestedBy: [user], sort: 'attention', limit: MOST }, signal),
  );
  if (!view.value) return view.problem ? <NoAnswer problem={view.problem} onRetry={view.refresh} /> : <LoadingRows rows={3} />;
  const requests = view.value.items.filter(({ summary }) => needsAttention(summary.phase));
  if (requests.length > 0) return <AttentionList requests={requests} requestAddress={requestAddress} />;
  return (
    <Text as="p" variant="body-medium" color="secondary">
      {view.value.total > 0 ? t('around.allWell', { count: view.value.total }) : t('around.noneYet')}
    </Text>
  );
}

function useUserRef(): string | undefined {
  const identity = useApi(identityApiRef);
  const [user, setUser] = useState<string>();
  useEffect(() => {
    let isGone = false;
    identity.getBackstageIdentity().then(({ userEntityRef }) => !isGone && setUser(userEntityRef), () => undefined);
    return () => {
      isGone = true;
    };
  }, [identity]);
  return user;
}
