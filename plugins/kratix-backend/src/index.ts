/** Backstage backend of kratix-ts: live state of Promises and requests, catalog entities and templates. */
import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { catalogModuleKratix } from './catalog/module';
import { kratixPlugin } from './plugin';
import { searchModuleKratix } from './search/module';

export { kratixPlugin, catalogModuleKratix, searchModuleKratix };
export { kratixCatalogExtensionPoint, type KratixCatalogExtensionPoint } from './catalog/extensionPoint';
export type { EntityTransformer } from './catalog/options';
export type { PromiseEntitySource } from './catalog/promiseEntities';
export type { RequestEntitySource } from './catalog/requestEntity';
export type { PromiseDocument, RequestDocument } from './search/documents';
export type { ServedApi } from './clusters/ClusterWatch';

/** The plugin, and its modules for the catalog and for search. */
export default createBackendFeatureLoader({
  *loader() {
    yield kratixPlugin;
    yield catalogModuleKratix;
    yield searchModuleKratix;
  },
});
