import { startFixture } from './support/fixture';
import { keep } from './support/kept';

/** Runs once before all suites. */
export default async function setup(): Promise<void> {
  const fixture = await startFixture(process.env.KUBECONFIG);
  keep(fixture);
  process.env.KUBECONFIG = fixture.kubeconfig;
  process.env.KRATIX_TEST_KUBECONFIG = fixture.kubeconfig;
  process.env.KRATIX_TEST_DATA = fixture.data;
  process.env.KRATIX_TEST_IMAGE = fixture.image;
}
