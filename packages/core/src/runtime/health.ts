/** Answers with what is wrong, in a few words, or nothing. */
export type HealthCheck = () => string | undefined | Promise<string | undefined>;

export interface HealthReport {
  ok: boolean;
  /** One line for each check, for people: `[+]name ok` or `[-]name failed: why`. */
  text: string;
}

/**
 * What the kubelet asks. *Live*: this process can still do its work, or else must be started anew. *Ready*: its caches
 * are full and it serves; a replica that waits for the lead is ready, too.
 */
export class Health {
  private readonly liveChecks = new Map<string, HealthCheck>();
  private readonly readyChecks = new Map<string, HealthCheck>();

  addLiveness(name: string, check: HealthCheck): void {
    this.liveChecks.set(name, check);
  }

  addReadiness(name: string, check: HealthCheck): void {
    this.readyChecks.set(name, check);
  }

  live(): Promise<HealthReport> {
    return reportOf('healthz', this.liveChecks);
  }

  ready(): Promise<HealthReport> {
    return reportOf('readyz', this.readyChecks);
  }
}

async function reportOf(title: string, checks: ReadonlyMap<string, HealthCheck>): Promise<HealthReport> {
  const lines = ['[+]ping ok'];
  let isOk = true;
  for (const [name, check] of checks) {
    const problem = await problemOf(check);
    isOk &&= problem === undefined;
    lines.push(problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`);
  }
  return { ok: isOk, text: [...lines, `${title} check ${isOk ? 'passed' : 'failed'}`, ''].join('\n') };
}

async function problemOf(check: HealthCheck): Promise<string | undefined> {
  try {
    return await check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
