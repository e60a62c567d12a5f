import { Readable } from 'node:stream';
import type { Permission } from '@backstage/plugin-permission-common';
import type { DocumentCollatorFactory, IndexableDocument } from '@backstage/plugin-search-common';
import {
  isDryRun,
  kratixPromiseReadPermission,
  kratixRequestReadPermission,
  requestSummary,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { CatalogOptions } from '../catalog/options';
import type { Clusters } from '../clusters/Clusters';
import type { ClusterWatch } from '../clusters/ClusterWatch';
import { promiseDocument, requestDocument } from './documents';

/** Types of documents: a result can be asked for by its type, and is shown to whom the permission of its type lets see it. */
export const REQUEST_DOCUMENTS = 'kratix';
export const PROMISE_DOCUMENTS = 'kratix-promise';

function collator(type: string, visibilityPermission: Permission, documents: () => Iterable<IndexableDocument>): DocumentCollatorFactory {
  return { type, visibilityPermission, getCollator: async () => Readable.from(documents()) };
}

/** What the search index holds of the clusters: their Promises and requests, from the live copies. */
export function kratixCollators(clusters: Clusters, options: CatalogOptions): DocumentCollatorFactory[] {
  const [defaultCluster] = clusters.names;
  const contextOf = (watch: ClusterWatch) => ({ cluster: watch.name, defaultCluster, options });

  function* requests() {
    for (const watch of clusters.all()) {
      for (const api of watch.apis()) {
        for (const request of watch.requests(api)) {
          if (isDryRun(request)) continue;
          yield requestDocument(requestSummary(watch.sources(api, request), new Date()), contextOf(watch));
        }
      }
    }
  }

  function* promises() {
    for (const watch of clusters.all()) {
      for (const promise of watch.promises()) yield promiseDocument(promise, contextOf(watch));
    }
  }

  return [
    collator(REQUEST_DOCUMENTS, kratixRequestReadPermission, requests),
    collator(PROMISE_DOCUMENTS, kratixPromiseReadPermission, promises),
  ];
}
