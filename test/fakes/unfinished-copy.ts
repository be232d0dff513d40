import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JournalStore } from '../../src/ports/journal-store.ts';
import { now } from './observation.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * What `up --copy-out` leaves when the power goes after it has deleted the pod and before its files are in the next one: an
 * intent without an outcome, and a whole copy on disk. The copy's archive.
 */
export function leaveUnfinishedCopy(journal: JournalStore): string {
  const copyOut = temporaryFolder();
  const copy = join(copyOut, 'shop', 'web-1');
  mkdirSync(copy, { recursive: true });
  const pod = { uid: 'uid-of-web-1' };
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify({ pod, volumes: [{ volume: 'uploads' }] }));
  const begun = now - 120_000;
  journal.append(
    { type: 'run-started', run: 'cut-off', command: 'up', context: 'k3d-shop', version: '0' },
    begun,
  );
  journal.append(
    {
      type: 'step-intended',
      run: 'cut-off',
      action: 'copy-of-web-1',
      step: {
        step: 'restart-pod-with-its-files',
        target: { kind: 'Pod', namespace: 'shop', name: 'web-1', ...pod },
        risk: 'disruptive',
        because: 'crash-loop-tail',
        reason: '',
        provenBy: '',
        undo: '',
        evidenceAt: begun,
        parameters: { owner: 'web-set', copyOut },
      },
    },
    begun,
  );
  return join(copy, 'uploads.tar');
}
