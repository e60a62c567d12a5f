import { startFixture } from './support/fixture';
import { keep } from './support/kept';

/** `npm test` never touches the cluster that a developer happens to work with. */
function clusterUnderTest(): string | undefined {
  return process.env.npm_lifecycle_event === 'test' ? undefined : process.env.KUBECONFIG || undefined;
}

/** Runs once before all suites. */
export default async function setup(): Promise<void> {
  const kubeconfig = clusterUnderTest();
  const fixture = await startFixture(kubeconfig);
  keep(fixture);
  process.env.KRATIX_TEST_CLUSTER = kubeconfig ? 'real' : 'embedded';
  process.env.KUBECONFIG = fixture.kubeconfig;
  process.env.KRATIX_TEST_KUBECONFIG = fixture.kubeconfig;
  process.env.KRATIX_TEST_DATA = fixture.data;
  process.env.KRATIX_TEST_IMAGE = fixture.image;
}
