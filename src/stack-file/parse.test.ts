import { describe, expect, test } from 'vitest';

import { parseStackFile, StackFileInvalid } from './parse.ts';

const head = 'apiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: shop }\n';

function problems(text: string): readonly string[] {
  try {
    parseStackFile(text, 'rekindle.yaml');
  } catch (error) {
    if (error instanceof StackFileInvalid) return error.problems;
    throw error;
  }
  return [];
}

function component(name: string, on: string): string {
  return `    - { ref: { kind: Deployment, name: ${name} }, dependsOn: [Deployment/${on}] }\n`;
}

describe('a stack file', () => {
  test('needs nothing but its head', () => {
    expect(parseStackFile(head, 'rekindle.yaml').spec).toEqual({});
  });

  test('gets seconds as numbers', () => {
    expect(parseStackFile(`${head}spec: { policy: { stabilityWindow: 20s } }`, 'f').spec.policy).toEqual({
      stabilityWindow: 20,
    });
  });

  test('tells everything that is wrong at once, with line and path', () => {
    const text = `${head}spec:\n  namespce: shop\n  policy:\n    attempts: many\n  pooler:\n    profile: fast\n`;
    const found = problems(text);
    expect(found).toHaveLength(3);
    expect(found.join('\n')).toMatch(/line 5: spec: unknown key "namespce"/);
    expect(found.join('\n')).toMatch(/line 7: spec\.policy\.attempts/);
    expect(found.join('\n')).toMatch(/line 9: spec\.pooler\.profile/);
  });

  test('takes settings of the pooler as numbers or text', () => {
    const text = `${head}spec:\n  pooler: { profile: quick, settings: { server_login_retry: 2, dns_max_ttl: '0.5' } }\n`;
    expect(parseStackFile(text, 'f').spec.pooler?.settings).toEqual({
      server_login_retry: '2',
      dns_max_ttl: '0.5',
    });
  });

  test('tells each setting that PgBouncer would refuse, or that is no business of a profile, at its line', () => {
    const settings = [
      'client_lifetime: 7200',
      'pool_size: 20',
      'server_login_retry: soon',
      'server_lifetime: [1]',
      'listen_port: 5432',
      'server_fast_close: 2',
      'max_client_conn: 1.5',
      "dns_max_ttl: '010'",
      'constructor: 1',
    ];
    const rows = settings.map((row) => `      ${row}\n`).join('');
    const told = problems(`${head}spec:\n  pooler:\n    settings:\n${rows}`);
    const wanted = [
      [7, 'client_lifetime: no setting of PgBouncer: it would not start with it'],
      [8, 'pool_size: not part of a profile: it belongs to a line of section [databases]'],
      [9, 'server_login_retry: must be a number (seconds), as 5; it is "soon"'],
      [10, 'server_lifetime: must be a number (seconds), as 5; it is [1]'],
      [11, 'listen_port: not part of a profile: PgBouncer takes it at its start only'],
      [12, 'server_fast_close: must be 0 or 1; it is 2'],
      [13, 'max_client_conn: must be a whole number; it is 1.5'],
      [14, 'dns_max_ttl: must be a number (seconds), as 5; it is "010"'],
      [15, 'constructor: no setting of PgBouncer'],
    ];
    const starts = wanted.map(([line, what]) => `line ${line}: spec.pooler.settings.${what}`);
    expect(told.map((text, at) => text.slice(0, starts[at]?.length))).toEqual(starts);
  });

  test('that is no YAML names the line', () => {
    expect(problems('a: [1\nb: 2')[0]).toMatch(/^line \d+: /);
  });

  test('with a circle among its components names the way round', () => {
    const text = `${head}spec:\n  components:\n${component('a', 'b')}${component('b', 'a')}`;
    expect(problems(text)).toEqual([
      'line 7: spec.components: dependsOn goes in a circle: Deployment/a -> Deployment/b -> Deployment/a',
    ]);
  });

  test('tells unknown keys, wrong types and every circle of one file at once, in the order of their lines', () => {
    const text =
      `${head}spec:\n  namespce: shop\n  frontdor: {}\n  components:\n${component('a', 'b')}${component('b', 'a')}` +
      `${component('c', 'c')}    - { ref: { kind: Pod, name: d }, dependsOn: [Deployment/a] }\n` +
      '  policy: { stabilityWindow: [], attempts: many }\n';
    expect(problems(text).map((line) => line.replace(/: Invalid.*/, ''))).toEqual([
      'line 5: spec: unknown key "namespce"',
      'line 6: spec: unknown key "frontdor"',
      'line 9: spec.components: dependsOn goes in a circle: Deployment/a -> Deployment/b -> Deployment/a',
      'line 10: spec.components: dependsOn goes in a circle: Deployment/c -> Deployment/c',
      'line 11: spec.components.3.ref.kind',
      'line 12: spec.policy.stabilityWindow',
      'line 12: spec.policy.attempts',
    ]);
  });

  test.each([
    '',
    'a',
    '[]',
    'spec: 1',
    'spec: { components: { a: 1 } }',
    'spec: { components: [1, { dependsOn: a }] }',
  ])('that is something else altogether is told without an accident: %s', (text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });
});
