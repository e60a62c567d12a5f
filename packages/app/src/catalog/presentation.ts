import { catalogApiRef, defaultEntityPresentation, entityPresentationApiRef } from '@backstage/plugin-catalog-react';
import { DefaultEntityPresentationApi } from '@backstage/plugin-catalog';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { kratixEntityIcon } from '@kratix-ts/backstage-plugin-kratix';

/** Entities as the catalog shows them, with icons of their own for offers, requests and destinations. */
export const entityPresentation = catalogPlugin.getExtension('api:catalog/entity-presentation').override({
  params: defineParams =>
    defineParams({
      api: entityPresentationApiRef,
      deps: { catalogApi: catalogApiRef },
      factory: ({ catalogApi }) =>
        DefaultEntityPresentationApi.create({
          catalogApi,
          renderer: {
            async: true,
            render: ({ entityRef, entity, context }) => ({
              snapshot: { ...defaultEntityPresentation(entity ?? entityRef, context), Icon: kratixEntityIcon(entity) },
            }),
          },
        }),
    }),
});
