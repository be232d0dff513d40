import type { BootRecord } from '../api.ts';
import type { ClusterImages, LabBackend } from '../backend.ts';
import type { LabIdentity } from '../identity.ts';
import type { MachineCut } from '../source/power-cut.ts';
const notYet = () => Promise.reject(new Error('backend docker is not there yet'));
export class DockerBackend implements LabBackend {
  readonly name = 'docker';
  constructor(_identity: LabIdentity, _log: (line: string) => void) {}
  env(): Record<string, string> {
    return {};
  }
  command(argv: readonly string[]): string[] {
    return [...argv];
  }
  prepare(): Promise<ClusterImages> {
    return notYet();
  }
  isBuilt(): Promise<boolean> {
    return notYet();
  }
  isBooted(): Promise<boolean> {
    return notYet();
  }
  flush(): Promise<void> {
    return notYet();
  }
  cut(): Promise<MachineCut> {
    return notYet();
  }
  boot(): Promise<BootRecord> {
    return notYet();
  }
  remove(): Promise<readonly string[]> {
    return notYet();
  }
}
