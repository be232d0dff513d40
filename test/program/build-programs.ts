// Builds what the tests compile of other people's programs and is not in the cache yet: a build in the middle of a test would count
// as the test's own time. What cannot be built here is named; the tests that need it are skipped and say so.
import process from 'node:process';

import { goProgram, goProgramNames } from './from-registries.ts';

for (const name of goProgramNames) {
  const { lacking } = await goProgram(name);
  if (lacking !== undefined) process.stderr.write(`${name} ${lacking}\n`);
}
