import { textAt } from '../manifest.ts';
import type { Rule } from '../rule.ts';
import { keepFiles } from './keep-files.ts';
import { mountsText, podVolumes } from './pod-volumes.ts';

const id = 'host-path';

/** Paths of the machine itself: whoever mounts them means the machine, not files of the stack. */
const ofTheMachine =
  /^\/(boot|dev|etc|lib\/modules|proc|run|sys|usr|var\/lib\/(containerd|docker|kubelet|rancher)|var\/log|var\/run)(\/|$)|^\/$/;

/** Folders of the node that are mounted into pods. */
export const hostPath: Rule = {
  id,
  looksFor: 'hostPath volumes: a folder of one machine, which the target’s nodes do not have',
  run: (bench, context) => {
    for (const volume of bench.objects().flatMap(podVolumes)) {
      const folder = textAt(volume.source, ['hostPath', 'path']);
      if (folder === undefined) continue;
      const { workload, name } = volume;
      if (ofTheMachine.test(folder) || workload.kind === 'DaemonSet') {
        bench.task(
          id,
          workload,
          `It mounts ${folder} of the node (volume ${name}, ${mountsText(volume)}).`,
          `Nodes of ${context.target.title} come and go and are not for programs to change: find another way, or leave the program out.`,
        );
        continue;
      }
      const areUploads = /upload|media|attachment/i.test(`${name} ${folder}`);
      const why = `${folder} is a folder of one machine. A node of the target does not have its files, and a new node has nothing.`;
      keepFiles(bench, volume, context, { rule: id, why, areUploads });
      bench.task(
        id,
        workload,
        `The files of ${folder} (volume ${name}) are not in the dump of the database.`,
        'Copy them before the cut-over; the runbook has the step.',
      );
    }
  },
};
