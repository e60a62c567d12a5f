/** A page of the dev app that is looked at in every width and theme. */
export interface GalleryState {
  /** Name of its pictures. */
  name: string;
  path: string;
  /** There once the page is whole. */
  waitFor: string;
}

const kratix = '[data-kratix]';
const row = '[data-kratix] [data-request]';
const alert = '[data-kratix] [role=alert]';

/** The pages of requests; the first has a card in every phase. */
const requestStates: GalleryState[] = [
  { name: 'status', path: '/', waitFor: '[data-kratix] [data-phase]' },
  ...(['queued', 'running', 'failed', 'ready'] as const).map(name => ({ name: `pipelines-${name}`, path: `/tab/${name}`, waitFor: `${kratix} h2, ${kratix} p` })),
  { name: 'pipelines-compared', path: '/tab/failed?compare=run-2', waitFor: `${kratix} ul[aria-label="Outputs"] [data-sign="+"]` },
  { name: 'pipelines-earlier-files', path: '/tab/failed?run=run-2&step=schedule-database&container=write-manifests&panel=files', waitFor: `${kratix} [role=tabpanel] li` },
  { name: 'pipelines-card', path: '/card/failed', waitFor: `${kratix} h3` },
  ...(['queued', 'ready', 'drifted', 'delivering'] as const).map(name => ({ name: `delivery-${name}`, path: `/delivery/${name}`, waitFor: `${kratix} p, ${kratix} h2` })),
  ...(['ready', 'failed'] as const).map(name => ({ name: `manage-${name}`, path: `/manage/${name}`, waitFor: `${kratix} form input` })),
  { name: 'request', path: '/kratix/requests/local/demo.example.org/v1/environments/team-a/shop-staging', waitFor: `${kratix} [data-phase]` },
];

/** The pages of the platform. */
const platformStates: GalleryState[] = [
  { name: 'requests', path: '/kratix/requests', waitFor: row },
  { name: 'requests-filtered', path: '/kratix/requests?phase=Failed&offer=kafka-topic', waitFor: row },
  { name: 'requests-no-match', path: '/kratix/requests?text=nothing-is-called-this', waitFor: `${kratix} [role=search]` },
  { name: 'requests-many', path: '/kratix/requests?scenario=many', waitFor: row },
  { name: 'requests-empty', path: '/kratix/requests?scenario=empty', waitFor: `${kratix} [data-empty]` },
  { name: 'requests-loading', path: '/kratix/requests?scenario=loading', waitFor: `${kratix} [role=status]` },
  { name: 'requests-denied', path: '/kratix/requests?scenario=denied', waitFor: alert },
  { name: 'requests-failed', path: '/kratix/requests?scenario=failed', waitFor: alert },
  { name: 'requests-old', path: '/kratix/requests?scenario=stale', waitFor: `${kratix} [data-old-answer]` },
  { name: 'promises', path: '/kratix/promises', waitFor: `${kratix} table` },
  { name: 'promises-empty', path: '/kratix/promises?scenario=empty', waitFor: `${kratix} [data-empty]` },
  { name: 'promise', path: '/kratix/promises/local/application-environment', waitFor: row },
  { name: 'promise-missing', path: '/kratix/promises/local/kafka-topic', waitFor: row },
  { name: 'promise-without-api', path: '/kratix/promises/local/cluster-observability', waitFor: `${kratix} h3` },
  { name: 'promise-gone', path: '/kratix/promises/local/nothing', waitFor: alert },
  { name: 'destinations', path: '/kratix/destinations', waitFor: `${kratix} table` },
  { name: 'destinations-empty', path: '/kratix/destinations?scenario=empty', waitFor: `${kratix} [data-empty]` },
  { name: 'stores', path: '/kratix/stores', waitFor: `${kratix} table` },
];

/** What stands on the pages of others. */
const aroundStates: GalleryState[] = [
  { name: 'search', path: '/around/search', waitFor: `${kratix} a` },
  { name: 'home', path: '/around/home', waitFor: `${kratix} li, ${kratix} p` },
];

export const galleryStates = [...requestStates, ...platformStates, ...aroundStates];
