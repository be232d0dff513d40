import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import packageFile from '../../package.json' with { type: 'json' };
import { bundle } from '../../scripts/bundle.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const run = promisify(execFile);

test('the release is one file that needs no package beside it', async () => {
  const folder = temporaryFolder();
  const program = path.join(folder, 'rekindle.js');
  copyFileSync(await bundle(), program);
  // No PATH, no home of the user: nothing but the file itself.
  const options = { cwd: folder, env: { HOME: folder, DOCKER_HOST: `unix://${folder}/no.sock` } };
  const { stdout } = await run(process.execPath, [program, '--version'], options);
  expect(stdout.trim()).toBe(packageFile.version);
  const status = run(process.execPath, [program, 'status'], options);
  await expect(status).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('no.sock') });
});
