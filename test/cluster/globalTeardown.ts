import { kept } from './support/kept';

/** Runs once after all suites. */
export default async function teardown(): Promise<void> {
  await kept()?.stop();
}
