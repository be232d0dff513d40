import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import type { Proof, ProofVerdict } from '../../backup/evidence.ts';
import type { BackupManifest, LeftOut } from '../../backup/manifest.ts';
import { readBackupState } from '../../record/backup-state-file.ts';
import { noteExamined, noteMade } from './backup-note.ts';
import { exitCodeOfBackup } from './backup-session.ts';

const of = { context: 'k3d-shop', stack: 'shop', place: '/backups' };
const missing: LeftOut = { what: 'files of claim media', why: 'no running pod', isMissing: true };
const unasked: LeftOut = { what: "the server's files and WAL", why: 'not asked for: --physical' };

function stateFolder(): void {
  const before = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = temporaryFolder();
  onTestFinished(() => {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
  });
}

function backup(day: number, verdict: ProofVerdict, ...leftOut: LeftOut[]) {
  const id = `2026110${day}T030000Z-0000`;
  const manifest = { id, startedAt: `2026-11-0${day}T03:00:00Z`, parts: [], leftOut };
  const proof = { backup: id, verdict, seconds: 1, parts: [], reasons: [] };
  return { manifest: manifest as unknown as BackupManifest, proof: proof as unknown as Proof };
}

test('a backup that lacks something is not well, and not the newest proven one, also when it is verified again', () => {
  stateFolder();
  const [first, second] = [backup(1, 'proven', unasked), backup(2, 'proven', unasked, missing)];
  noteMade(of, first);
  noteMade(of, second);
  noteExamined(of, second.manifest, second.proof);
  expect(readBackupState(of)).toMatchObject({
    outcome: 'incomplete',
    why: 'missing: files of claim media (no running pod)',
    stored: { id: second.manifest.id },
    proven: { id: first.manifest.id },
  });
});

test.each<[ProofVerdict, readonly LeftOut[], number]>([
  ['proven', [], 0],
  ['proven', [unasked], 0],
  ['proven', [unasked, missing], 1],
  ['bad', [], 1],
  ['could-not-tell', [missing], 2],
])('a backup that is %s, without %j, ends with %i', (verdict, leftOut, code) => {
  const { manifest, proof } = backup(1, verdict, ...leftOut);
  expect(exitCodeOfBackup(manifest, proof)).toBe(code);
});
