import { coreExtensionData, createFrontendModule } from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { entityPresentation } from './presentation';

/** The catalog's first page with fewer columns; everything else of the catalog stays as it comes. */
const catalogPage = catalogPlugin.getExtension('page:catalog').override({
  factory: (originalFactory, { inputs }) =>
    originalFactory({
      params: {
        loader: async () => {
          const { CatalogPage } = await import('./CatalogPage');
          return <CatalogPage filters={inputs.filters.map(filter => filter.get(coreExtensionData.reactElement))} />;
        },
      },
    }),
});

export const catalogModule = createFrontendModule({ pluginId: 'catalog', extensions: [catalogPage, entityPresentation] });
