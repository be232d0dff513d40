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

  test('that is no YAML names the line', () => {
    expect(problems('a: [1\nb: 2')[0]).toMatch(/^line \d+: /);
  });

  test('with a circle among its components names the way round', () => {
    const text = `${head}spec:\n  components:\n${component('a', 'b')}${component('b', 'a')}`;
    expect(problems(text)).toEqual([
      'spec.components: dependsOn goes in a circle: Deployment/a -> Deployment/b -> Deployment/a',
    ]);
  });
});
