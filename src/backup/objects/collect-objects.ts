import { refText } from '../../domain/object-ref.ts';
import type { Fields } from '../../harden/fields/fields.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { choose, refOf, type LeftOut } from '../../export/choose.ts';
import { takeSnapshot } from '../../export/collect/take-snapshot.ts';
import { textAt } from '../../export/collect/uses.ts';
import { whyOf } from '../../export/collect/why.ts';
import { readDefinitions } from '../../export/definitions.ts';
import { groupOf, isBuiltIn } from '../../export/resource-kind.ts';
import type { Missing, Snapshot } from '../../export/snapshot.ts';
import { stripped } from '../../export/strip/strip.ts';
import type { LeftOut as NotTaken } from '../manifest.ts';
import { notHad } from '../missing.ts';
import { findOperators, isOfK3s, type OperatorAccount } from './operators.ts';
import { isOfTheCluster, ofOperator } from './operator-objects.ts';
import { inOrder } from './order.ts';
import { otherNamespaces } from './other-namespaces.ts';
import { rightsOfPeople } from './rights-of-people.ts';

type Reader = Pick<ClusterReader, 'get' | 'list' | 'secrets'>;

/** Everything that makes a stack anew in an empty cluster, Secrets with their values: to be encrypted and shown nowhere. */
export interface CollectedObjects {
  readonly namespace: string;
  /** Namespaces of the operators that keep custom resources of the stack. */
  readonly operators: readonly string[];
  /** As somebody would write them, in an order in which they can be made. */
  readonly objects: readonly KubeObject[];
  /** What could not be read, and what was seen and is not taken. */
  readonly leftOut: readonly NotTaken[];
  /** Kinds of which nothing is known because they could not be read. */
  readonly missing: readonly Missing[];
}

/** One namespace, read, with the objects of it that are kept. */
interface Kept {
  readonly objects: readonly KubeObject[];
  readonly definitions: readonly KubeObject[];
  readonly leftOut: readonly LeftOut[];
  readonly missing: readonly Missing[];
}

/**
 * What an export leaves out and a backup of the whole has to have: records of Helm, Secrets that tools have filled, roles that only
 * an operator's own objects use, and what belongs to the whole cluster, for that is what is made anew.
 */
const takenAllTheSame: ReadonlySet<string> = new Set([
  'record-of-a-tool',
  'not-used',
  'of-the-whole-cluster',
]);

/** Secrets that are worthless elsewhere, or about to go. */
const worthless: ReadonlySet<string> = new Set(['made-by-the-cluster', 'being-deleted']);

function isTaken({ object: { kind }, reason }: LeftOut): boolean {
  return takenAllTheSame.has(reason) || (kind === 'Secret' && !worthless.has(reason));
}

async function keep(
  reader: Reader,
  snapshot: Snapshot,
  wanted: (object: KubeObject) => boolean,
): Promise<Kept> {
  const choice = choose(snapshot);
  const { objects, around, apart, elsewhere } = snapshot;
  const also = new Set(choice.leftOut.filter((entry) => isTaken(entry)).map(({ object }) => refText(object)));
  const chosen = new Set([
    ...choice.wanted,
    ...choice.local,
    ...choice.secrets.map(({ object }) => object),
    ...[...objects, ...around, ...apart].filter((object) => also.has(refText(refOf(object)))),
    ...elsewhere.filter(({ metadata }) => isOfTheCluster(metadata.namespace ?? '')),
  ]);
  const kept = [...chosen].filter((object) => wanted(object) && !isOfK3s(object));
  const definitions = await readDefinitions(reader, { ...snapshot, around: [...around, ...apart] });
  const there = new Set(kept.map((object) => refText(refOf(object))));
  return {
    objects: kept.map((object) => asWritten(stripped(object, definitions.shapeOf(object)))),
    definitions: definitions.objects,
    leftOut: choice.leftOut.filter(({ object }) => !there.has(refText(object))),
    missing: [...snapshot.missing, ...definitions.missing],
  };
}

const asWritten = (fields: Fields) => fields as unknown as KubeObject;

/** Groups of the custom resources among these objects: somebody keeps them. */
function customGroups(objects: readonly KubeObject[]): ReadonlySet<string> {
  return new Set(
    objects.filter(({ apiVersion }) => !isBuiltIn(apiVersion)).map(({ apiVersion }) => groupOf(apiVersion)),
  );
}

/** Every definition of these groups, those without an object too: an operator may not start without them. */
async function definitionsOf(
  reader: Reader,
  groups: ReadonlySet<string>,
): Promise<Pick<Kept, 'definitions' | 'missing'>> {
  try {
    const all = await reader.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    return {
      definitions: all.filter((object) => groups.has(textAt(object, 'spec', 'group') ?? '')),
      missing: [],
    };
  } catch (error) {
    const what = 'CustomResourceDefinitions';
    return { definitions: [], missing: [{ what, why: whyOf(error), kind: 'CustomResourceDefinition' }] };
  }
}

async function operatorSpaces(
  reader: Reader,
  accounts: readonly OperatorAccount[],
  namespace: string,
): Promise<readonly Kept[]> {
  const spaces = new Map<string, OperatorAccount[]>();
  for (const account of accounts) {
    if (account.namespace === namespace) continue;
    spaces.set(account.namespace, [...(spaces.get(account.namespace) ?? []), account]);
  }
  const kept: Kept[] = [];
  for (const [space, own] of spaces) {
    const snapshot = await takeSnapshot(reader, space);
    const objects = [...snapshot.objects, ...snapshot.around];
    const judges = own.map((account) => ofOperator(objects, account));
    const wanted = isOfTheCluster(space)
      ? (object: KubeObject) => judges.some((isOperators) => isOperators(object))
      : () => true;
    const found = await keep(reader, snapshot, wanted);
    // Of a namespace that is the cluster's own, what is left out is not worth telling one by one.
    kept.push(isOfTheCluster(space) ? { ...found, leftOut: [] } : found);
  }
  return kept;
}

const identity = ({ apiVersion, kind = '', metadata }: KubeObject) =>
  `${groupOf(apiVersion)} ${kind} ${metadata.namespace ?? ''} ${metadata.name}`;

const unique = (objects: readonly KubeObject[]): readonly KubeObject[] => [
  ...new Map(objects.map((object) => [identity(object), object])).values(),
];

/** What is left out and does not come back by itself, each once. */
function notTaken(parts: readonly Kept[], objects: readonly KubeObject[]): CollectedObjects['leftOut'] {
  const there = new Set(objects.map((object) => refText(refOf(object))));
  const told = parts
    .flatMap(({ leftOut }) => leftOut)
    .filter(({ comes, object }) => comes === 'by-hand' && !there.has(refText(object)))
    .map(({ object, why }) => [refText(object), why] as const);
  return [...new Map(told)].map(([what, why]) => ({ what, why }));
}

/**
 * Reads what makes the stack of a namespace, its operators with their rights, the definitions of its custom resources, and what it
 * uses of the whole cluster; changes nothing. What could not be read is told and never silently absent. Throws NothingToExport,
 * and what the reader throws when the API does not even say which kinds it has.
 */
export async function collectObjects(reader: Reader, namespace: string): Promise<CollectedObjects> {
  const own = await keep(reader, await takeSnapshot(reader, namespace), () => true);
  const { accounts, missing: unseen } = await findOperators(reader, customGroups(own.objects));
  const spaces = await operatorSpaces(reader, accounts, namespace);
  const parts = [own, ...spaces];
  const kept = unique(parts.flatMap(({ objects }) => objects));
  const definitions = await definitionsOf(reader, customGroups(kept));
  const written = [...parts.flatMap((part) => part.definitions), ...definitions.definitions]
    .filter((object) => !isOfK3s(object))
    .map((object) => asWritten(stripped(object)));
  const objects = inOrder(unique([...kept, ...written]));
  const operators = [...new Set(accounts.map((account) => account.namespace))].filter(
    (space) => space !== namespace,
  );
  const namespaces = new Set([namespace, ...operators]);
  const others = await otherNamespaces(reader, namespaces);
  const people = await rightsOfPeople(reader, { namespaces, objects });
  const missing = [...parts.flatMap((part) => part.missing), ...unseen, ...definitions.missing];
  const untold = new Map(missing.map(({ what, why }) => [what, why]));
  return {
    namespace,
    operators: operators.sort(),
    objects,
    leftOut: [
      ...[...untold].map(([what, why]) => notHad(`Kubernetes objects: ${what}`, why)),
      ...notTaken(parts, objects).filter(({ what }) => people.every((binding) => binding.what !== what)),
      ...people,
      ...others,
    ],
    missing,
  };
}
