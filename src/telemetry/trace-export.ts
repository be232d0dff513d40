import { ExplainedError } from '../record/explained-error.ts';
import type { TraceExport } from './otlp.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The spans cannot be sent where the environment says. */
export class TraceExportUnusable extends ExplainedError {
  override readonly name = 'TraceExportUnusable';
}

function unusable(cause: string, place: string, next: string): TraceExportUnusable {
  return new TraceExportUnusable({ what: 'Spans are not sent', cause, place, next });
}

/** A variable of the environment that is not empty, and its value; the first of them that is there. */
function setting(
  environment: Environment,
  ...names: readonly string[]
): readonly [string, string] | undefined {
  for (const name of names) {
    const value = environment[name]?.trim() ?? '';
    if (value !== '') return [name, value];
  }
  return undefined;
}

/** Whether the environment asks for spans at all. */
function isWanted(environment: Environment): boolean {
  return (
    environment['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true' &&
    environment['OTEL_TRACES_EXPORTER'] !== 'none'
  );
}

const ofTraces = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

/**
 * Where the environment wants spans to be sent; undefined: nowhere, and no span is made. The variables and what they mean are
 * those of every SDK (opentelemetry.io/docs/specs/otel/protocol/exporter): the one for traces is the whole address, to the other
 * one the path is added. Throws TraceExportUnusable for what is no address, and for a protocol that is not spoken here.
 */
export function wantedEndpoint(environment: Environment): URL | undefined {
  const endpoint = isWanted(environment)
    ? setting(environment, ofTraces, 'OTEL_EXPORTER_OTLP_ENDPOINT')
    : undefined;
  if (endpoint === undefined) return undefined;
  const [variable, text] = endpoint;
  const whole = variable === ofTraces ? text : `${text.replace(/\/+$/, '')}/v1/traces`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw unusable(
      'this is no address of a collector',
      `${variable}=${text}`,
      'Write it as http://127.0.0.1:4318.',
    );
  const names = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'];
  const [name, protocol] = setting(environment, ...names) ?? ['', 'http/json'];
  if (protocol !== 'http/json')
    throw unusable(
      'JSON over HTTP is all that is spoken here',
      `${name}=${protocol}`,
      'Set it to http/json; a collector takes that at the same port as http/protobuf, 4318.',
    );
  return url;
}

export interface TraceExportOptions {
  readonly environment: Environment;
  readonly version: string;
  /** Takes what goes wrong while spans are sent, in one line; the same is not repeated. */
  readonly tell: (line: string) => void;
}

/**
 * Sends spans to the endpoint of the environment; undefined when none is named. What it takes is loaded only then. Throws
 * TraceExportUnusable.
 */
export async function traceExport(options: TraceExportOptions): Promise<TraceExport | undefined> {
  const endpoint = wantedEndpoint(options.environment);
  if (endpoint === undefined) return undefined;
  const { otlpExport } = await import('./otlp.ts');
  return otlpExport({ ...options, endpoint });
}
