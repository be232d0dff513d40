import type { Expression } from '../../infra/model.ts';

/** A policy as one line of JSON, with a value where its name stands between two @. */
export function policy(
  statements: readonly object[],
  values: Readonly<Record<string, Expression>> = {},
): Expression {
  const json = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const parts = json.split(/@(\w+)@/).map((part, index) => (index % 2 === 0 ? part : (values[part] ?? part)));
  return { kind: 'text', parts: parts.filter((part) => part !== '') };
}

/** Who may take a role: a service of AWS. */
export function assumedBy(service: string, ...actions: readonly string[]): Expression {
  return policy([
    { Effect: 'Allow', Principal: { Service: service }, Action: ['sts:AssumeRole', ...actions] },
  ]);
}
