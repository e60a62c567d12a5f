import type { ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import type { KratixApi } from '../apis/KratixApi';
import type { RequestAction } from '../model/optimistic';

/** Asks the backend for an action; throws what it throws. */
export function sendAction(api: KratixApi, identity: ResourceIdentity, action: RequestAction): Promise<void> {
  switch (action.do) {
    case 'retry':
      return api.retry(identity, action.step ? { step: action.step } : {});
    case 'rerun':
      return api.rerun(identity, action.from ? { from: action.from } : {});
    case 'pin':
      return api.pin(identity, action.version);
    case 'remove':
      return api.remove(identity, action.uid);
    default:
      return api[action.do](identity);
  }
}
