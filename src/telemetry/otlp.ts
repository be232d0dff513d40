import type { Tracer } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

import { causeText } from '../record/explained-error.ts';
import { registerSecret } from '../record/redact.ts';

/** Where spans go to, and how to end that. */
export interface TraceExport {
  readonly tracer: Tracer;
  /** Sends what is left, for a few seconds at most. */
  readonly close: () => Promise<void>;
}

export interface OtlpOptions {
  readonly endpoint: URL;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly tell: (line: string) => void;
}

/** A recovery of five minutes with a look every half second fits; what does not is dropped, and the agent's memory stays. */
const mostWaiting = 1000;

/** Longest time that one batch may take, with all attempts, ms. */
const exportMs = 10_000;

/** How long the end of the agent may wait for the last batch, ms. */
const closeMs = 3000;

/** `key=value,key=value` with whatever lets the agent in at the collector: never to be shown. */
function registerHeaders(environment: OtlpOptions['environment']): void {
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'])
    for (const header of (environment[name] ?? '').split(',')) {
      const value = header.slice(header.indexOf('=') + 1);
      registerSecret(value);
      registerSecret(decoded(value));
    }
}

/** Header values may be percent-encoded; one that is not is meant as it stands. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The SDK drops spans that cannot be sent without a word: this says the first time that it does, and when it works again. */
function telling(exporter: OTLPTraceExporter, { endpoint: { origin }, tell }: OtlpOptions): SpanExporter {
  let isFailing = false;
  return {
    export: (spans: ReadableSpan[], done) => {
      exporter.export(spans, (result) => {
        const hasFailed = result.code !== ExportResultCode.SUCCESS;
        if (hasFailed && !isFailing)
          tell(
            `spans do not reach ${origin} and are dropped: ${causeText(result.error ?? 'no reason given')}`,
          );
        if (!hasFailed && isFailing) tell(`spans reach ${origin} again`);
        isFailing = hasFailed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}

/** Sends spans by OTLP, as JSON over HTTP, in batches and beside the work. */
export function otlpExport(options: OtlpOptions): TraceExport {
  registerHeaders(options.environment);
  registerSecret(options.endpoint.password);
  const exporter = telling(
    new OTLPTraceExporter({ url: options.endpoint.href, timeoutMillis: exportMs }),
    options,
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'rekindle', 'service.version': options.version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: mostWaiting,
        maxExportBatchSize: 200,
        exportTimeoutMillis: exportMs,
      }),
    ],
  });
  return {
    tracer: provider.getTracer('rekindle', options.version),
    close: async () => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, closeMs);
      await Promise.race([late, provider.shutdown()]);
      clearTimeout(timer);
    },
  };
}
