import { createApp } from '@backstage/frontend-defaults';
import { catalogModule } from './catalog/catalogModule';
import { navModule } from './nav/navModule';
import { signInModule } from './signIn';

/** Plugins are found by themselves: `app.packages: all` in app-config.yaml. Only what is the demo's own stands here. */
export default createApp({ features: [signInModule, navModule, catalogModule] });
