/** Backstage backend of kratix-ts: live state of Promises and requests, catalog entities and templates. */
import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { catalogModuleKratix } from './catalog/module';
import { kratixPlugin } from './plugin';

export { kratixPlugin, catalogModuleKratix };

/** The plugin and its catalog module. */
export default createBackendFeatureLoader({
  *loader() {
    yield kratixPlugin;
    yield catalogModuleKratix;
  },
});
