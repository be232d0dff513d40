import { defineCommand } from '../command-manifest.ts';
import type { HardenOptions } from './harden-options.ts';

export const hardenCommand = defineCommand<HardenOptions>({
  name: 'harden',
  text: 'propose changes with which the stack comes back sooner; apply them, or take them back',
  examples: [
    ['rekindle harden', 'each measure with its reason and its diff; reads only'],
    ['rekindle harden --output ./harden --base ./k8s/overlays/local', 'the same as a Kustomize overlay'],
    ['rekindle harden --apply --only startup-probe,redis-guard', 'apply these, one workload at a time'],
    ['rekindle harden --undo', 'take back whatever was applied'],
  ],
  flags: [
    ['--diff', 'show what would be changed and why (the default); changes nothing'],
    [
      '--apply',
      'apply what is proposed: only to a healthy stack, one workload at a time, each taken back at once when its new pods do not get ready',
    ],
    ['--undo', 'take back what was applied: fields, annotations and restart policies'],
    ['--only <ids>', 'only these measures: their ids, or the beginnings of ids, separated by commas'],
    ['--output <folder>', 'also write the patches as a Kustomize component into a new folder'],
    ['--base <path>', 'with --output: write an overlay over this kustomization instead'],
  ],
  load: async () => (await import('./harden.ts')).harden,
});
