/** Which cluster a command is about; the context names it for the Kubernetes API. */
export interface Target {
  readonly cluster: string;
  readonly context: string;
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
}

/** Nothing is done because it is not certain which cluster is meant; says what there is and how to name it. */
export class TargetUnclear extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetUnclear';
  }
}

const localName = (cluster: string) => cluster.replace(/^k3d-/, '');

function contextFor(cluster: string, { contexts, current }: TargetChoice): string | undefined {
  const fitting = contexts.filter((entry) => localName(entry.cluster) === cluster);
  return (fitting.find((entry) => entry.name === current) ?? fitting[0])?.name;
}

const notHere = (choice: TargetChoice) =>
  `the clusters of this machine are: ${choice.clusters.length === 0 ? 'none' : choice.clusters.join(', ')}.`;

/** The context of this name. Throws TargetUnclear when the kubeconfig has none. */
export function knownContext(
  wanted: string,
  contexts: TargetChoice['contexts'],
): TargetChoice['contexts'][number] {
  const named = contexts.find((entry) => entry.name === wanted);
  if (named !== undefined) return named;
  const known = contexts.map((entry) => entry.name).join(', ');
  throw new TargetUnclear(
    `There is no context ${wanted} in the kubeconfig; known are: ${known}. Name one of them with --context.`,
  );
}

function byContext(wanted: string, choice: TargetChoice): ChosenTarget {
  const cluster = localName(knownContext(wanted, choice.contexts).cluster);
  if (choice.clusters.includes(cluster)) return { cluster, context: wanted };
  throw new TargetUnclear(`Context ${wanted} leads to no local cluster; ${notHere(choice)}`);
}

function byCluster(cluster: string, choice: TargetChoice): ChosenTarget {
  if (choice.clusters.includes(cluster)) return { cluster, context: contextFor(cluster, choice) };
  throw new TargetUnclear(`The stack file names cluster ${cluster}; ${notHere(choice)}`);
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
  if (only === undefined) {
    throw new TargetUnclear(
      'There is no k3d cluster on this machine. If one should be here, ask: docker ps -a --filter label=app=k3d',
    );
  }
  if (others.length === 0) return { cluster: only, context: contextFor(only, choice) };
  throw new TargetUnclear(
    `More than one cluster could be meant: ${choice.clusters.join(', ')}. Name one with --context.`,
  );
}
