import { bytesText } from '../../domain/bytes-text.ts';
import type { Fact } from '../finding.ts';
import { spanText } from '../format/words.ts';
import { counted } from '../judging/subjects.ts';
import type { LastProvenRestore, ProvenRestore, RestoreFacts } from '../last-proven-restore.ts';
import { couldNotAnswer, type ProductionRow, type Question } from './row.ts';

/** A backup whose data are older than this is one of another week, ms. */
const oldMs = 7 * 24 * 3600 * 1000;

const head = {
  id: 'last-proven-restore',
  question: 'When was a backup last restored and compared?',
  severity: 'high',
  next: 'Each backup is restored and compared at once.',
  command: 'rekindle backup create',
} as const satisfies Question;

function facts(proven: ProvenRestore): readonly Fact[] {
  const object = `backup ${proven.backup}`;
  const disks = {
    same: 'the disk of the data',
    other: 'another file system of this machine',
    elsewhere: 'not on this machine',
    unknown: 'on this machine; whether on the disk of the data could not be looked at',
  };
  return [
    { object, field: 'place', value: proven.place },
    { object, field: 'disk', value: disks[proven.disk] },
    { object, field: 'begun', value: new Date(proven.takenAt).toISOString() },
    { object, field: 'proven (signed evidence)', value: new Date(proven.at).toISOString() },
    { object, field: 'size', value: bytesText(proven.bytes) },
    { object, field: 'restore and comparison', value: `${proven.verifySeconds.toFixed(1)} s` },
    ...proven.leftOut.map((value) => ({ object, field: 'not in it', value })),
  ];
}

function unseenFacts({ unseen }: RestoreFacts): readonly Fact[] {
  return unseen.map(({ place, why }) => ({
    object: place,
    field: 'answer',
    value: `could not look: ${why}`,
  }));
}

/** What speaks against relying on it, each as one sentence. */
function doubts(proven: ProvenRestore, { newer }: RestoreFacts, at: number): readonly string[] {
  const bad = newer.filter(({ is }) => is === 'bad');
  return [
    ...(bad.length > 0 ? [`${bad.map(({ backup }) => backup).join(', ')}, which is newer, is BAD.`] : []),
    ...(at - proven.takenAt > oldMs ? [`Its data are ${spanText(at - proven.takenAt)} old.`] : []),
    ...(proven.disk === 'same'
      ? ['It lies on the very disk that it is a copy of: when that breaks both are gone.']
      : []),
    ...(proven.disk === 'unknown'
      ? ['It lies on this machine, and whether on the same disk as the data is not known.']
      : []),
    ...(proven.leftOut.length > 0
      ? [`${counted(proven.leftOut.length, 'thing')} of the stack is not in it.`]
      : []),
  ];
}

function none(found: RestoreFacts): ProductionRow {
  const { places, newer, unseen } = found;
  const [first] = unseen;
  const evidence = [
    ...places.map((object) => ({ object, field: 'proven backups', value: `0 of ${newer.length}` })),
    ...unseenFacts(found),
  ];
  // In the place that could not be looked into there may be one.
  if (first !== undefined)
    return {
      ...head,
      state: 'unknown',
      answer: `Could not look into ${first.place}: ${first.why}.`,
      evidence,
    };
  if (newer.length === 0)
    return {
      ...head,
      state: 'no',
      answer: `There is no backup in ${places.join(', ')}, and no other place is known.`,
      evidence,
    };
  return {
    ...head,
    state: 'no',
    answer: `None of ${counted(newer.length, 'backup')} in ${places.join(', ')} is proven by evidence of this machine's key: nobody knows whether one works.`,
    evidence,
    next: 'Restore and compare the newest one.',
    command: 'rekindle backup verify',
  };
}

/** A backup counts when it was restored and compared, and by the age of its data, not of its proof. */
export function restoreRow(restore: LastProvenRestore, at: number): ProductionRow {
  if (!restore.looked) return couldNotAnswer(head, restore);
  const found = restore.value;
  const { proven } = found;
  if (proven === undefined) return none(found);
  const against = doubts(proven, found, at);
  const { backup, bytes, verifySeconds } = proven;
  const said = `${spanText(at - proven.at)} ago: ${backup} (${bytesText(bytes)}) was restored and compared in ${verifySeconds.toFixed(0)} s.`;
  const elsewhere = proven.disk === 'same' || proven.disk === 'unknown';
  return {
    ...head,
    state: against.length > 0 ? 'partly' : 'yes',
    answer: [
      said,
      ...(against.length > 0 ? against : ['What was written since is in no proven backup.']),
    ].join(' '),
    evidence: [...facts(proven), ...unseenFacts(found)],
    ...(elsewhere && {
      next: 'Put one in another place too: --at s3://BUCKET/PREFIX, or a folder on another disk.',
      command: 'rekindle backup create --at PLACE',
    }),
  };
}
