import { createEngine, EngineMetrics, metricsEndpoint, probeEndpoint, Tracing, type Engine, type EngineConfig, type HttpEndpoint, type Logger, type Telemetry } from '@kratix-ts/core';
import { connect, type KubeClient } from '@kratix-ts/core/kube';

export interface EngineProcessOptions {
  /** Path; the default kubeconfig or the account of the pod unless given. */
  kubeconfig?: string;
  config: EngineConfig;
  /** `host:port` for `/healthz` and `/readyz`. */
  probes?: string;
  /** `host:port` for `/metrics`. */
  metrics?: string;
}

/** One engine with its client and its endpoints, as a process of its own runs it. */
export class EngineProcess {
  /** Settles with what ended it from inside: the lead was lost, or it could not start. */
  readonly failed: Promise<Error>;
  private tellFailure: (error: Error) => void = () => {};
  private readonly endpoints: HttpEndpoint[] = [];
  private kube?: KubeClient;
  private engine?: Engine;

  constructor(private readonly options: EngineProcessOptions, private readonly log: Logger) {
    this.failed = new Promise(resolve => {
      this.tellFailure = resolve;
    });
  }

  /** Settles when the engine works, which on a second replica may be never. */
  async start(): Promise<void> {
    const { config, kubeconfig, probes, metrics: address } = this.options;
    const metrics = new EngineMetrics();
    metrics.runtime.collectProcess();
    // the SDK is loaded when somebody wants traces, and not before
    const tracing = new Tracing<Telemetry>(async telemetry => (await import('./telemetry')).openTelemetry(telemetry), this.log);
    let count: ReturnType<typeof metrics.runtime.callsTo> = () => {};
    const onCall = (call: Parameters<typeof count>[0]) => {
      count(call);
      tracing.recordCall(call);
    };
    this.kube = await connect({ ...(kubeconfig && { file: kubeconfig }), userAgent: 'kratix-ts-engine', onCall });
    count = metrics.runtime.callsTo(new URL(this.kube.server).host);
    this.engine = createEngine({ kube: this.kube, config, log: this.log, metrics, tracing, onFatal: error => this.fail(error) });
    if (probes) await this.serve('probes', probeEndpoint(probes, this.engine.health));
    if (address) await this.serve('metrics', metricsEndpoint(address, metrics.runtime));
    await this.engine.start();
  }

  fail(error: unknown): void {
    this.tellFailure(error instanceof Error ? error : new Error(String(error)));
  }

  /** Finishes what is under way; probes are answered until then. */
  async stop(): Promise<void> {
    await this.engine?.stop();
    for (const endpoint of this.endpoints.splice(0)) await endpoint.stop();
    await this.kube?.close();
  }

  private async serve(what: string, endpoint: HttpEndpoint) {
    const port = await endpoint.start();
    this.endpoints.push(endpoint);
    this.log.info({ endpoint: what, port }, 'serving');
  }
}
