import type { SpanSink, Telemetry } from '@kratix-ts/core';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { VERSION } from '../version';

/** Upstream's name, so that its dashboards find us. Source: B-OBS-5. */
const SERVICE = 'kratix-controller-manager';

const withScheme = (endpoint: string, insecure: boolean) => (/^https?:/.test(endpoint) ? endpoint : `http${insecure ? '' : 's'}://${endpoint}`);

/** Sends spans over OTLP. Loaded only when an endpoint is configured. */
export async function openTelemetry({ endpoint, protocol, insecure, headers }: Telemetry): Promise<SpanSink> {
  const exporter = protocol === 'grpc' ? await grpcExporter(endpoint, insecure, headers) : new HttpExporter({ url: httpUrl(endpoint, insecure), headers });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': SERVICE, 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  return { tracer: name => provider.getTracer(name), close: () => provider.shutdown() };
}

async function grpcExporter(endpoint: string, insecure: boolean, headers: Record<string, string>) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
  const { credentials, Metadata } = await import('@grpc/grpc-js');
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new OTLPTraceExporter({ url: withScheme(endpoint, insecure), metadata, credentials: insecure ? credentials.createInsecure() : credentials.createSsl() });
}

/** `host:port` is what upstream's configuration holds; the path is OTLP's own. */
export function httpUrl(endpoint: string, insecure: boolean): string {
  const url = new URL(withScheme(endpoint, insecure));
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
