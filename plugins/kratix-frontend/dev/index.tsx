import { createDevApp } from '@backstage/frontend-dev-utils';
import { ApiBlueprint, createFrontendModule, PageBlueprint } from '@backstage/frontend-plugin-api';
import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import kratixPlugin, { kratixApiRef } from '../src';
import { FakeKratix } from '../src/fixtures/fakeKratix';
import { aRequest } from '../src/fixtures/requests';

const gallery = PageBlueprint.make({
  params: { path: '/', title: 'Kratix', noHeader: true, loader: () => import('./Gallery').then(m => <m.Gallery />) },
});

const fakeApi = createFrontendModule({
  pluginId: 'kratix',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: kratixApiRef,
          deps: {},
          factory: () => {
            const fake = new FakeKratix(aRequest('running'));
            fake.holdsLog = true;
            setInterval(() => fake.write(`${new Date().toISOString()} applying manifest\n`), 900);
            return fake;
          },
        }),
    }),
  ],
});

createDevApp({
  features: [kratixPlugin, fakeApi, createFrontendPlugin({ pluginId: 'gallery', extensions: [gallery] })],
});
