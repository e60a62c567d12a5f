import { resolve } from 'node:path';
import { fill, imagesOf, readExamples } from './examples';

const folder = resolve(__dirname, '../../../../examples');

it('reads the examples of this repository', async () => {
  const { platform, promises } = await readExamples(folder, { STATE_STORE_URL: 'file:///srv/state-store.git' });
  expect(platform.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
    'Destination dev',
    'Destination prod',
    'GitStateStore demo',
  ]);
  expect(platform.find(({ kind }) => kind === 'GitStateStore')?.spec).toMatchObject({ url: 'file:///srv/state-store.git' });
  expect(promises).toHaveLength(1);
  expect(promises[0]).toMatchObject({
    name: 'application-environment',
    imageFolder: `${folder}/application-environment/image`,
    images: ['docker.io/kratix-ts/application-environment:v0.1.0'],
  });
  expect(promises[0].objects.map(({ kind }) => kind)).toEqual(['Secret', 'ConfigMap', 'Promise']);
  expect(promises[0].requests.map(({ metadata }) => metadata.name)).toEqual(['reports']);
});

it.each([
  ['a known name', 'url: ${URL}', 'url: file:///a'],
  ['an unknown name', '${OTHER} ${lower}', '${OTHER} ${lower}'],
])('fills in %s', (_, text, expected) => expect(fill(text, { URL: 'file:///a' })).toBe(expected));

it('finds images in workflows alone', () => {
  const workflows = { resource: { configure: [{ spec: { containers: [{ image: 'a' }, { image: 'b' }, { image: 'a' }] } }] } };
  const dependencies = [{ kind: 'Pod', spec: { containers: [{ image: 'c' }] } }];
  expect(
    imagesOf([{ apiVersion: 'v1', kind: 'Promise', metadata: { name: 'p' }, spec: { workflows, dependencies } }]),
  ).toEqual(['a', 'b']);
});
