import { createDevApp } from '@backstage/frontend-dev-utils';
import { ApiBlueprint, createFrontendModule, createFrontendPlugin, PageBlueprint } from '@backstage/frontend-plugin-api';
import kratixPlugin, { kratixApiRef } from '../src';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { createFormField, formFieldsApiRef } from '@backstage/plugin-scaffolder-react/alpha';
import { chosenBackend, signals } from './scenarios';
import { deliveryRouteRef, manageRouteRef, pipelinesRouteRef } from '../src/routes';

// A path ends in a fixture's name; `theme` chooses the theme: /tab/failed?theme=dark
const pages = [
  PageBlueprint.make({
    name: 'status',
    params: { path: '/', title: 'Status', noHeader: true, loader: () => import('./Gallery').then(m => <m.StatusGallery />) },
  }),
  PageBlueprint.make({
    name: 'card',
    params: { path: '/card', title: 'Card', noHeader: true, loader: () => import('./Gallery').then(m => <m.CardGallery />) },
  }),
  PageBlueprint.make({
    name: 'tab',
    params: {
      path: '/tab',
      title: 'Pipelines',
      noHeader: true,
      routeRef: pipelinesRouteRef,
      loader: () => import('./Gallery').then(m => <m.TabGallery />),
    },
  }),
  PageBlueprint.make({
    name: 'delivery',
    params: {
      path: '/delivery',
      title: 'Delivery',
      noHeader: true,
      routeRef: deliveryRouteRef,
      loader: () => import('./Gallery').then(m => <m.DeliveryGallery />),
    },
  }),
  PageBlueprint.make({
    name: 'manage',
    params: {
      path: '/manage',
      title: 'Manage',
      noHeader: true,
      routeRef: manageRouteRef,
      loader: () => import('./Gallery').then(m => <m.ManageGallery />),
    },
  }),
  PageBlueprint.make({
    name: 'around',
    params: { path: '/around', title: 'Around', noHeader: true, loader: () => import('./AroundGallery').then(m => <m.AroundGallery />) },
  }),
];

const fakeApi = createFrontendModule({
  pluginId: 'kratix',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: kratixApiRef,
          deps: {},
          factory: () => {
            const fake = chosenBackend();
            fake.holdsLog = true;
            // `?lines=50000`: a log as long as one may become.
            const lines = Number(new URLSearchParams(window.location.search).get('lines'));
            const piece = `${new Date().toISOString()} \u001b[32mINFO\u001b[0m applying manifest number seventeen of many\n`.repeat(500);
            if (lines > 0) fake.logPieces = Array.from({ length: lines / 500 }, () => piece);
            setInterval(() => fake.write(`${new Date().toISOString()} applying manifest\n`), 900);
            return fake;
          },
        }),
    }),
  ],
});

/** The fields that the scaffolder's page has from our plugin; here that page is missing. */
const formFields = createFrontendModule({
  pluginId: 'app',
  extensions: [
    ApiBlueprint.make({
      name: 'form-fields',
      params: defineParams =>
        defineParams({
          api: formFieldsApiRef,
          deps: {},
          factory: () => ({
            loadFormFields: async () => {
              const [{ YamlField }, { SecretField }] = await Promise.all([import('../src/fields/YamlField'), import('../src/fields/SecretField')]);
              return [createFormField({ name: 'KratixYaml', component: YamlField }), createFormField({ name: 'KratixSecret', component: SecretField })];
            },
          }),
        }),
    }),
  ],
});

const fakeSignals = createFrontendModule({
  pluginId: 'app',
  extensions: [
    ApiBlueprint.make({
      name: 'signals',
      params: defineParams => defineParams({ api: signalApiRef, deps: {}, factory: () => signals }),
    }),
  ],
});

createDevApp({
  features: [kratixPlugin, fakeApi, fakeSignals, formFields, createFrontendPlugin({ pluginId: 'gallery', extensions: pages })],
});
