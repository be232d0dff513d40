import { describe, expect, test } from 'vitest';

import { now, stack } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { DatabaseComponent } from '../../domain/stack.ts';
import type { Login } from '../../ports/database.ts';
import type { ActContext } from '../define-step.ts';
import { nudgePooler } from './nudge-pooler.ts';

const planned = {
  step: 'nudge-pooler',
  target: { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1', uid: 'uid-of-db-pooler-1' },
  parameters: { only: 'reload' },
} as unknown as PlannedStep;
const ref = { namespace: 'shop', name: 'db', key: 'x' };
const database = { namespace: 'shop', cluster: 'db', app: { database: 'shop', user: ref, password: ref } };

/** A PgBouncer that lets everybody in and has these values, in force and in its file. */
function aPooler(inForce: string, inFile: string) {
  const state = { inForce, said: [] as string[] };
  const metadata = {
    name: planned.target.name,
    namespace: 'shop',
    uid: planned.target.uid,
    labels: stack.poolers[0]?.podLabels,
  };
  const context = {
    clock: { now: () => now, monotonic: () => 0 },
    stack: { ...stack, databases: [database as unknown as DatabaseComponent] },
    reader: { get: () => Promise.resolve({ metadata, spec: {} }), secret: () => Promise.resolve('x') },
    kept: { ask: (_key: string, _ms: number, ask: () => unknown) => ask() },
    sql: {
      query: (login: Login, statements: readonly string[]) => {
        state.said.push(...statements.map((statement) => `${login.database}: ${statement}`));
        if (statements.includes('RELOAD')) state.inForce = inFile;
        return Promise.resolve({ ok: true, rows: [{ key: 'server_login_retry', value: state.inForce }] });
      },
    },
  } as unknown as ActContext;
  return { context, state };
}

describe('what an unfinished nudge has left behind', () => {
  test('is ended by RELOAD, which SHOW CONFIG proves, and not a login', async () => {
    const { context, state } = aPooler('0', '5');
    expect(await nudgePooler.probe(planned, context)).toMatchObject({ answer: 'no' });
    expect(await nudgePooler.run(planned, context)).toBe('RELOAD');
    expect(await nudgePooler.probe(planned, context)).toMatchObject({
      answer: 'yes',
      evidence: 'SHOW CONFIG shows server_login_retry = 5',
    });
    expect(state.said).toEqual(['pgbouncer: SHOW CONFIG', 'pgbouncer: RELOAD', 'pgbouncer: SHOW CONFIG']);
  });

  test('is not told from what the file itself says', async () => {
    const { context } = aPooler('0', '0');
    await nudgePooler.run(planned, context);
    expect(await nudgePooler.probe(planned, context)).toMatchObject({
      answer: 'no',
      evidence: 'SHOW CONFIG still shows server_login_retry = 0: its file has it so, or cannot be read',
    });
  });
});
