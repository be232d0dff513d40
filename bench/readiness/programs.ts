import path from 'node:path';

import { builtGoProgram, type Found } from '../../test/program/from-registries.ts';

const folder = path.join(import.meta.dirname, 'programs');

/** Programs of others that the recall is measured against, and helm for charts. */
export const measuredPrograms = ['popeye', 'kube-score', 'helm'] as const;
export type MeasuredProgram = (typeof measuredPrograms)[number];

/** Versions are in each folder's go.mod; the program names itself by the flag. Seconds are for 2 cores and an empty Go cache. */
const builds: Readonly<
  Record<MeasuredProgram, { readonly package: string; readonly flags: string; readonly seconds: number }>
> = {
  popeye: {
    package: 'github.com/derailed/popeye',
    flags: '-X github.com/derailed/popeye/cmd.version=v0.22.1',
    seconds: 240,
  },
  'kube-score': {
    package: 'github.com/zegl/kube-score/cmd/kube-score',
    flags: '-X main.version=v1.20.0',
    seconds: 120,
  },
  helm: { package: 'helm.sh/helm/v3/cmd/helm', flags: '', seconds: 180 },
};

/** The program, built from Go modules where it was not yet; or why it cannot be had here. Throws CommandFailed. */
export function measuredProgram(name: MeasuredProgram): Promise<Found> {
  const { package: target, flags, seconds } = builds[name];
  return builtGoProgram(name, seconds, { source: path.join(folder, name), package: target, flags });
}
