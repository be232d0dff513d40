import { expect, test } from 'vitest';

import { localPrograms } from '../../../test/fakes/local-programs.ts';
import { checkRdb } from './rdb.ts';

const redis = { namespace: 'shop', pod: 'redis-0', container: 'redis' };

async function* copy(): AsyncGenerator<Buffer> {
  yield Buffer.from('REDIS0011');
}

test.each([
  ['cat >/dev/null; kill -9 $$', 137],
  ['cat >/dev/null; exit 127', 127],
  ["cat >/dev/null; echo '--- RDB ERROR DETECTED ---'; echo '[offset 9] bad'; exit 1", 1],
])('how the checker ended is handed on: %s', async (checker, code) => {
  const programs = localPrograms({ 'redis-check-rdb': checker });
  await expect(checkRdb(programs, redis, copy())).rejects.toMatchObject({ name: 'ProgramFailed', code });
});
