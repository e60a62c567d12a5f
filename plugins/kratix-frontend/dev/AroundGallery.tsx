import { useParams } from 'react-router-dom';
import { MyAttention } from '../src/components/around/MyAttention';
import { SearchResult } from '../src/components/around/SearchResult';

const documents = [
  { title: 'shop-staging', text: '', location: '/catalog/team-a/component/shop-staging', cluster: 'local', namespace: 'team-a', promise: 'application-environment', kind: 'Environment', phase: 'Failed' },
  { title: 'payments-service-production-europe-west-blue-green-canary-0063', text: '', location: '/catalog/x', cluster: 'local', namespace: 'payments', promise: 'postgresql', kind: 'Postgresql', phase: 'Ready' },
  { title: 'Environment', text: '', location: '/catalog/default/component/application-environment-promise', cluster: 'local', promise: 'application-environment', kind: 'Environment' },
];

/** What stands on the pages of others: results of a search, and the widget of the home page. */
export function AroundGallery() {
  const path = useParams()['*'];
  return (
    <main style={{ padding: 24, maxWidth: 720 }} data-kratix="">
      {path === 'home' ? <MyAttention /> : documents.map(document => <SearchResult key={document.title} result={document} />)}
    </main>
  );
}
