import { ProxiedSignInPage } from '@backstage/core-components';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

/** The demo has one user, the guest, and signs in without a click. */
const guestSignIn = SignInPageBlueprint.make({
  params: {
    loader: async () => props => <ProxiedSignInPage {...props} provider="guest" />,
  },
});

export const signInModule = createFrontendModule({ pluginId: 'app', extensions: [guestSignIn] });
