import { expect, test } from 'vitest';

import { traceExport, wantedEndpoint } from './trace-export.ts';

const base = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const traces = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

test.each<[Record<string, string>, string]>([
  [{ [base]: 'http://127.0.0.1:4318' }, 'http://127.0.0.1:4318/v1/traces'],
  [{ [base]: ' https://collector.example/otlp/ ' }, 'https://collector.example/otlp/v1/traces'],
  [{ [base]: 'http://a:1', [traces]: 'http://b:2/mine' }, 'http://b:2/mine'],
  [{ [base]: 'http://a:1', [traces]: '', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http://a:1/v1/traces'],
])('%j sends spans to %s', (environment, url) => {
  expect(wantedEndpoint(environment)?.href).toBe(url);
});

test.each<[Record<string, string>]>([
  [{}],
  [{ [base]: ' ' }],
  [{ [base]: 'http://a:1', OTEL_SDK_DISABLED: 'TRUE' }],
  [{ [base]: 'http://a:1', OTEL_TRACES_EXPORTER: 'none' }],
])('%j makes no spans', async (environment) => {
  expect(wantedEndpoint(environment)).toBeUndefined();
  expect(await traceExport({ environment, version: '1', tell: () => undefined })).toBeUndefined();
});

test.each<[Record<string, string>, RegExp]>([
  [{ [base]: '127.0.0.1:4318' }, /OTEL_EXPORTER_OTLP_ENDPOINT=127\.0\.0\.1:4318/],
  [{ [traces]: 'file:///etc/passwd' }, /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=file/],
  [{ [base]: 'http://a:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /OTEL_EXPORTER_OTLP_PROTOCOL=grpc/],
  [
    { [base]: 'http://a:1', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
    /TRACES_PROTOCOL=http\/protobuf/,
  ],
])('%j is refused in one line that names the variable', (environment, text) => {
  expect(() => wantedEndpoint(environment)).toThrow(text);
});
