import type { DrillLab } from '../../src/drills/define-drill.ts';

/** What the rig uses of a lab (lab/lab.ts fits it). */
export interface RigLab extends DrillLab {
  readonly backend: string;
  /** Folder of this lab on the machine, outside its power. */
  readonly stateDir: string;
  readonly frontDoor: { readonly host: string; readonly address: string; readonly port: number };
  readonly env: () => Record<string, string>;
  /** Wraps a command so that it runs inside the lab's network as it is right now. */
  readonly command: (argv: readonly string[]) => string[];
}
