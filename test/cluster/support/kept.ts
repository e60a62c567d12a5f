import type { Fixture } from './fixture';

const holder: { clusterSuiteFixture?: Fixture } = globalThis as { clusterSuiteFixture?: Fixture };

/** What the setup started, for the teardown: the two share nothing but the process. */
export function keep(fixture: Fixture): void {
  holder.clusterSuiteFixture = fixture;
}

export function kept(): Fixture | undefined {
  return holder.clusterSuiteFixture;
}
