import type { LabBackend } from '../backend.ts';
import type { LabIdentity } from '../identity.ts';
export class DockerBackend implements LabBackend {
  readonly name = 'docker';
  constructor(_identity: LabIdentity, _log: (line: string) => void) {
    throw new Error('backend docker is not there yet');
  }
}
