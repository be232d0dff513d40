import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

import { eventually } from '../../lab/source/eventually.ts';
import { goProgram } from '../program/from-registries.ts';
import { freePort } from './free-port.ts';

/** S3-compatible storage on loopback: VersityGW over a folder. */
export interface RealS3Server {
  readonly bucket: string;
  readonly client: S3ClientConfig;
  /** Ends it and removes what it kept; to be called after the tests of a file. */
  readonly stop: () => Promise<void>;
}

const program = await goProgram('versitygw');

/** Why there can be no such server here; undefined where there can. */
export const noS3Server = program.lacking;

const startMs = 30_000;

/** Starts the server with one empty bucket. Throws what it said when it does not start. */
export async function realS3Server(): Promise<RealS3Server> {
  if (program.file === undefined) throw new Error(program.lacking);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-s3-'));
  const [bucket, data, sidecar] = ['backups', path.join(folder, 'data'), path.join(folder, 'attributes')];
  mkdirSync(path.join(data, bucket), { recursive: true });
  mkdirSync(sidecar);
  const port = await freePort();
  const keys = { accessKeyId: 'test-access', secretAccessKey: 'test-secret-key' };
  // It ends with this process, also when that is killed. Not every file system has the attributes that it would use.
  const argv = [program.file, '--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', sidecar, data];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
    cwd: folder,
    env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-2000)));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await eventually(startMs, 'answer of the S3 server', async () => {
      try {
        return (await fetch(endpoint)).status > 0;
      } catch {
        return false;
      }
    });
  } catch (error) {
    await stop();
    throw new Error(`the S3 server does not start: ${said}`, { cause: error });
  }
  return { bucket, stop, client: { endpoint, region: 'us-east-1', forcePathStyle: true, credentials: keys } };
}
