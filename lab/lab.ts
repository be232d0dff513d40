import path from 'node:path';
import process from 'node:process';

import type { Lab, LabOptions } from './api.ts';
import { chooseBackend } from './choose-backend.ts';
import { ClusterLab } from './cluster-lab.ts';
import { DockerBackend } from './docker/docker-backend.ts';
import { labIdentity } from './identity.ts';
import { SourceBackend } from './source/source-backend.ts';

export type { BootOptions, BootRecord, CutRecord, Lab, LabOptions, LabStatus } from './api.ts';

/** Opens the lab of a checkout; nothing is built or started before `up`. */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const checkout = options.checkout ?? path.dirname(import.meta.dirname);
  const log = options.log ?? ((line: string) => process.stderr.write(`lab: ${line}\n`));
  const identity = labIdentity(checkout, options.instance);
  const engine =
    (await chooseBackend(process.env)) === 'docker'
      ? new DockerBackend(identity, checkout, log)
      : new SourceBackend(identity, checkout, log);
  return new ClusterLab(identity, engine, checkout, log);
}
