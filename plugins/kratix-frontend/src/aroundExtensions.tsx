import { EntityIconLinkBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { SearchFilterResultTypeBlueprint, SearchResultListItemBlueprint } from '@backstage/plugin-search-react/alpha';
import { RiFileList3Line, RiShoppingBag3Line, RiStackLine } from '@remixicon/react';
import { identityOf } from '@kratix-ts/backstage-plugin-kratix-common';
import { useCommitLink } from './live/useCommitLink';

/** Types of documents in the search index, as the backend names them. */
const REQUEST_DOCUMENTS = 'kratix';
const PROMISE_DOCUMENTS = 'kratix-promise';

const searchResult = SearchResultListItemBlueprint.make({
  params: {
    icon: <RiStackLine size={20} aria-hidden />,
    predicate: ({ type }) => type === REQUEST_DOCUMENTS || type === PROMISE_DOCUMENTS,
    component: () => import('./components/around/SearchResult').then(m => m.SearchResult),
  },
});

const requestDocuments = SearchFilterResultTypeBlueprint.make({
  name: 'requests',
  params: { value: REQUEST_DOCUMENTS, name: 'Requests', icon: <RiFileList3Line /> },
});

const promiseDocuments = SearchFilterResultTypeBlueprint.make({
  name: 'promises',
  params: { value: PROMISE_DOCUMENTS, name: 'Offers', icon: <RiShoppingBag3Line /> },
});

const homeWidget = HomePageWidgetBlueprint.make({
  name: 'my-requests',
  params: {
    name: 'KratixMyRequests',
    title: 'My requests that need attention',
    description: 'Requests of yours that failed or wait for somebody',
    components: () => import('./components/around/MyAttention').then(m => ({ Content: m.MyAttention })),
    layout: { width: { minColumns: 3, defaultColumns: 6 }, height: { minRows: 2, defaultRows: 4 } },
  },
});

const commitLink = EntityIconLinkBlueprint.make({
  name: 'commit',
  params: { filter: entity => identityOf(entity) !== undefined, useProps: useCommitLink },
});

/** What stands on the pages of other plugins: search, home, and the links about an entity. */
export const aroundExtensions = [searchResult, requestDocuments, promiseDocuments, homeWidget, commitLink];
