import { ExplainedError } from '../record/explained-error.ts';

/** Which cluster a command is about; the context names it for the Kubernetes API. */
export interface Target {
  readonly cluster: string;
  readonly context: string;
  /** The container engine that it runs in, named as `ClusterProvider.engine` does. */
  readonly engine: string;
}

/** A cluster that was chosen, and the context that leads to it; undefined: the kubeconfig has none. */
export interface ChosenTarget {
  readonly cluster: string;
  readonly context: string | undefined;
}

export interface TargetChoice {
  /** `--context`, or the context that the stack file names. */
  readonly wanted?: string | undefined;
  /** `spec.cluster.name` of the stack file. */
  readonly cluster?: string | undefined;
  readonly contexts: readonly { readonly name: string; readonly cluster: string }[];
  readonly current: string | undefined;
  /** Clusters whose containers are in the engine. */
  readonly clusters: readonly string[];
  /** Where the engine is, for messages. */
  readonly engine: string;
}

/** Nothing is done because it is not certain which cluster is meant; says what there is and how to name it. */
export class TargetUnclear extends ExplainedError {
  override readonly name = 'TargetUnclear';
}

const localName = (cluster: string) => cluster.replace(/^k3d-/, '');

/** The current context if it leads there, else the only one that does. Throws TargetUnclear: two may be two users. */
function contextFor(cluster: string, { contexts, current }: TargetChoice): string | undefined {
  const fitting = contexts.filter((entry) => localName(entry.cluster) === cluster);
  const [only, ...others] = fitting;
  if (others.length === 0) return only?.name;
  const chosen = fitting.find((entry) => entry.name === current);
  if (chosen !== undefined) return chosen.name;
  throw new TargetUnclear({
    what: `More than one context leads to cluster ${cluster}`,
    cause: fitting.map(({ name }) => name).join(', '),
    place: 'the kubeconfig',
    next: 'Name one of them with --context.',
  });
}

/** The clusters that there are, and what can be done when the one that is meant is none of them. */
function notHere(what: string, { clusters, engine }: TargetChoice): TargetUnclear {
  const isNone = clusters.length === 0;
  return new TargetUnclear({
    what,
    cause: `the clusters of this machine are: ${isNone ? 'none' : clusters.join(', ')}`,
    place: engine,
    next: isNone
      ? 'If one should be here, look whether this is the right engine (`docker context ls`), and ask it: docker ps -a --filter label=app=k3d'
      : 'Name the context of one of them with --context.',
  });
}

/** The context of this name. Throws TargetUnclear when the kubeconfig has none. */
export function knownContext(
  wanted: string,
  contexts: TargetChoice['contexts'],
): TargetChoice['contexts'][number] {
  const named = contexts.find((entry) => entry.name === wanted);
  if (named !== undefined) return named;
  const known = contexts.map((entry) => entry.name).join(', ');
  throw new TargetUnclear({
    what: `There is no context ${wanted}`,
    cause: `known are: ${known || 'none'}`,
    place: 'the kubeconfig',
    next: 'Name one of them with --context, or set KUBECONFIG.',
  });
}

function byContext(wanted: string, choice: TargetChoice): ChosenTarget {
  const cluster = localName(knownContext(wanted, choice.contexts).cluster);
  if (choice.cluster !== undefined && choice.cluster !== cluster)
    throw new TargetUnclear({
      what: 'Two clusters are named',
      cause: `context ${wanted} leads to ${cluster}, and the stack file is about ${choice.cluster}`,
      place: 'the stack file, spec.cluster',
      next: `Name a stack file of ${cluster} with --stack, or a context of ${choice.cluster} with --context.`,
    });
  if (choice.clusters.includes(cluster)) return { cluster, context: wanted };
  throw notHere(`Context ${wanted} leads to no local cluster`, choice);
}

function byCluster(cluster: string, choice: TargetChoice): ChosenTarget {
  if (choice.clusters.includes(cluster)) return { cluster, context: contextFor(cluster, choice) };
  throw notHere(`The stack file names cluster ${cluster}, which is not on this machine`, choice);
}

/**
 * Chooses the target: the named context, else the stack file's cluster, else the current context if it names a local
 * cluster that is there, else the only local cluster. Throws TargetUnclear rather than guess.
 */
export function chooseTarget(choice: TargetChoice): ChosenTarget {
  if (choice.wanted !== undefined) return byContext(choice.wanted, choice);
  if (choice.cluster !== undefined) return byCluster(choice.cluster, choice);
  const named = choice.contexts.find((entry) => entry.name === choice.current);
  if (named !== undefined && choice.clusters.includes(localName(named.cluster))) {
    return { cluster: localName(named.cluster), context: named.name };
  }
  const [only, ...others] = choice.clusters;
  if (only === undefined) throw notHere('There is no k3d cluster on this machine', choice);
  if (others.length === 0) return { cluster: only, context: contextFor(only, choice) };
  throw new TargetUnclear({
    what: 'More than one cluster could be meant',
    cause: choice.clusters.join(', '),
    place: choice.engine,
    next: 'Name the context of one of them with --context.',
  });
}
