import { posix } from 'node:path';

import { fact, refOf, templatePatch, writtenBy } from '../facts.ts';
import { guardContainer, guardLimits } from '../guard-container.ts';
import { componentOf, toolsOf, type HardenInventory, type HardenWorkload } from '../inventory.ts';
import { measureId, undoBy, type Change, type JudgeMeasure, type Measure } from '../measure.ts';
import { guardCommand, guardTools } from '../scripts/append-only-guard.ts';
import type { ContainerSpec } from '../workload-spec.ts';

/** Where Redis keeps its files unless told otherwise: the official image's folder; redis.conf, appenddirname, appendfilename. */
const defaults = { folder: '/data', appendFolder: 'appendonlydir', name: 'appendonly.aof' };

const wordsOf = ({ command, args }: ContainerSpec) => [...command, ...args].join(' ').split(/\s+/);

const isServer = (container: ContainerSpec) =>
  wordsOf(container).some((word) => word.endsWith('redis-server'));

interface Place {
  /** Absolute, inside the container. */
  readonly folder: string;
  readonly name: string;
  readonly mount: ContainerSpec['volumeMounts'][number];
}

/** Where the append-only files are, or why that is not known. */
function placeOf(container: ContainerSpec, { claims }: HardenWorkload): Place | string {
  const words = wordsOf(container);
  const option = (key: string) => (words.includes(key) ? words[words.indexOf(key) + 1] : undefined);
  if (words.some((word) => word.endsWith('.conf')))
    return 'Redis reads a configuration file, which may put its files anywhere';
  if (option('--appendonly') !== 'yes') return 'it keeps no append-only file (`--appendonly yes`)';
  const base = option('--dir') ?? container.workingDir ?? defaults.folder;
  const folder = posix.join(base, option('--appenddirname') ?? defaults.appendFolder);
  const mount = container.volumeMounts
    .filter(({ mountPath }) => !posix.relative(mountPath, folder).startsWith('..'))
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (mount === undefined || !claims.includes(mount.name)) return 'its folder is on no volume claim';
  if (mount.subPathExpr !== undefined) return 'its volume is mounted by an expression';
  return { folder, name: option('--appendfilename') ?? defaults.name, mount };
}

function changeOf(workload: HardenWorkload, container: ContainerSpec, at: number): Change {
  if (workload.writer !== undefined) return { by: 'hand', todo: `${writtenBy(workload.writer)}.` };
  const place = placeOf(container, workload);
  if (typeof place === 'string') return { by: 'nothing', reason: `Nothing to guard: ${place}.` };
  const tools = toolsOf(workload, container.name, at);
  if (!tools.looked)
    return {
      by: 'hand',
      todo: `Which programs its image has could not be looked up (${tools.why}); nothing is guessed.`,
    };
  const missing = guardTools.filter((tool) => !tools.value.includes(tool));
  if (missing.length > 0)
    return {
      by: 'hand',
      todo: `Its image has no ${missing.join(', ')}; use one that has, or leave it to \`rekindle up\`.`,
    };
  const { folder, name, mount } = place;
  const guard = {
    ...guardContainer('rekindle-redis-guard', container, guardCommand(folder, name)),
    volumeMounts: [mount],
  };
  return templatePatch(workload, { initContainers: [guard] });
}

function measureOf(
  inventory: HardenInventory,
  workload: HardenWorkload,
  seenBefore: number,
): readonly Measure[] {
  const container = workload.containers.find(isServer);
  if (container === undefined) return [];
  const object = refOf(workload);
  const id = measureId('redis-guard', object);
  // The command itself is not shown: it may hold a password.
  const place = placeOf(container, workload);
  return [
    {
      id,
      name: 'redis-guard',
      object,
      what: 'An init container looks at the append-only file before Redis does, and cuts NUL bytes off its end after it has kept a copy.',
      why:
        'After a loss of power the file may end in NUL bytes, which Redis refuses: it then crashes for ever (redis#5177). ' +
        '`rekindle up` mends that; with this nobody has to.',
      evidence: [
        fact(
          inventory,
          object,
          'append-only files',
          typeof place === 'string' ? place : `${place.folder}/${place.name}.*`,
        ),
        fact(inventory, object, 'damaged append-only files in the journal', String(seenBefore)),
      ],
      change: changeOf(workload, container, inventory.at),
      undo: undoBy(id),
      cannot: [
        'It cuts nothing but NUL bytes behind the last complete command. Half a command, an open transaction or a broken value are left for Redis to report, and for you or `rekindle up` to judge.',
        'Commands that had not reached the disk are lost with or without it (`appendfsync`).',
        'Each copy stays beside the file until you remove it.',
        ...guardLimits(container.name),
      ],
    },
  ];
}

/** The guard of Redis's append-only file: the rules of the step `trim-append-only-file`, before Redis starts. */
export const redisGuard: JudgeMeasure = (inventory, { faults }) =>
  inventory.workloads
    .filter((workload) => componentOf(workload, inventory.stack)?.adapter === 'redis')
    .flatMap((workload) =>
      measureOf(inventory, workload, faults.get('redis-append-only-file-damaged')?.count ?? 0),
    );
