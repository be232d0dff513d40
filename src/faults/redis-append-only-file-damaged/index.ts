import type { Evidence, Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { AppendOnlyFile, ContainerFacts, Observation, PodFacts } from '../../domain/observation.ts';
import { isFresh } from '../../domain/pod-selection.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { appendOnlyDamage, type AppendOnlyDamage } from '../append-only-damage.ts';
import { defineFault } from '../define-fault.ts';
import { byHand } from './by-hand.ts';

const id = 'redis-append-only-file-damaged';

const tails: Readonly<Record<AppendOnlyFile['tail'], string>> = {
  none: 'nothing',
  nul: 'NUL bytes up to the end, with no whole command before them',
  'cut-short': 'the beginning of a command or of a transaction',
  other: 'bytes that are not only NUL',
};

/**
 * Only NUL bytes behind complete commands may go. Without one complete command nothing proves that this was an
 * append-only file at all.
 */
function isTrimmable(file: AppendOnlyFile | undefined): file is AppendOnlyFile {
  return file?.tail === 'nul' && file.validUpTo > 0;
}

function fileEvidence({ file }: AppendOnlyDamage): Evidence[] {
  if (!file.looked) return [{ object: file.from, field: 'could not look', value: file.why, at: file.at }];
  const { node, path, size, validUpTo, tail } = file.value;
  const object = `${path} on ${node}`;
  return [
    { object, field: 'size', value: `${size} bytes`, at: file.at },
    { object, field: 'complete commands end at', value: `${validUpTo}`, at: file.at },
    { object, field: 'behind them', value: `${size - validUpTo} bytes: ${tails[tail]}`, at: file.at },
  ];
}

function claim(pod: PodFacts, { name, file }: AppendOnlyDamage): string {
  const value = seen(file);
  if (isTrimmable(value)) {
    const count = value.size - value.validUpTo;
    return `Redis in ${pod.name} refuses to start: ${name} ends in NUL bytes; the ${count} bytes behind its last complete command carry none.`;
  }
  const why = file.looked ? `behind byte ${file.value.validUpTo} it has ${tails[file.value.tail]}` : file.why;
  return `Redis in ${pod.name} refuses to start and needs a human: ${name} is damaged (${why}); \`rekindle diagnose\` has the procedure.`;
}

function judge(pod: PodFacts, container: ContainerFacts, observation: Observation): Finding[] {
  const damage = appendOnlyDamage(observation, pod, container);
  if (damage === undefined) return [];
  const object = { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid };
  const text = `Pod ${pod.namespace}/${pod.name}`;
  const manual = { object: text, field: 'by hand', value: byHand(pod, damage), at: observation.at };
  return [
    {
      fault: id,
      layer: 'cache',
      object,
      claim: claim(pod, damage),
      kind: 'broken',
      evidence: [
        { object: text, field: 'last log line', value: damage.words, at: observation.at },
        ...fileEvidence(damage),
        ...(isTrimmable(seen(damage.file)) ? [] : [manual]),
      ],
      against:
        'Redis accepts a last command that is too short (aof-load-truncated), but nothing that is not a command.',
      causedBy: [],
    },
  ];
}

/** The damaged container of a pod, if it is one whose file may be trimmed. */
function trimmable(finding: Finding, observation: Observation) {
  const pod = seen(observation.pods)?.find((entry) => entry.uid === finding.object.uid);
  return pod?.containers.flatMap((container) => {
    const damage = appendOnlyDamage(observation, pod, container);
    const file = damage && seen(damage.file);
    return damage !== undefined && isTrimmable(file)
      ? [{ container: container.name, name: damage.name, file }]
      : [];
  })[0];
}

function trim(finding: Finding, observation: Observation): PlannedStep[] {
  const found = trimmable(finding, observation);
  if (found === undefined) return [];
  const { container, name, file } = found;
  return [
    {
      step: 'trim-append-only-file',
      target: finding.object,
      risk: 'disruptive',
      because: id,
      reason:
        'The NUL bytes hold nothing; what they stand for was lost with the power (up to about 2 s of writes, as ' +
        'appendfsync everysec allows). The whole file is copied first, and the copy is kept.',
      provenBy: 'the file consists of complete commands only',
      undo: `docker exec ${file.node} cp -p ${file.path}.rekindle-<time> ${file.path}`,
      evidenceAt: observation.at,
      parameters: {
        container,
        name,
        node: file.node,
        path: file.path,
        size: String(file.size),
        validUpTo: String(file.validUpTo),
      },
    },
  ];
}

/**
 * Redis does not start because its append-only file ends in bytes that are no command. After a loss of power these
 * are mostly NUL: the file's new length was on disk, its data were not (github.com/redis/redis/issues/5177,
 * github.com/valkey-io/valkey/issues/1148). Redis comes back by itself from a command that is cut short, not from this.
 */
export const redisAppendOnlyFileDamaged = defineFault({
  id,
  layer: 'cache',
  title: 'Redis cannot read its append-only file',
  check: (observation) => {
    const containers = seen(observation.containers);
    return (seen(observation.pods) ?? [])
      .filter((pod) => !pod.deleting && isFresh(pod, containers))
      .flatMap((pod) => pod.containers.flatMap((container) => judge(pod, container, observation)));
  },
  remedy: trim,
});
