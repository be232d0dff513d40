import type { MadeContainer } from '../../ports/cluster-maker.ts';

export interface K3sArguments {
  /** `key=value` of each `--node-label`. */
  readonly nodeLabels: readonly string[];
  /** All that somebody asked for besides, in order. */
  readonly others: readonly string[];
}

/** Arguments with their values, however they were written: `--a b`, `--a=b`, `--a`. */
function pairs(words: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (const word of words) {
    const open = found.at(-1);
    const isValue = !word.startsWith('-') && open?.length === 1 && !open[0]?.includes('=');
    if (isValue && open !== undefined) open.push(word);
    else found.push([word]);
  }
  return found;
}

const valueOf = (pair: readonly string[]): string => pair[1] ?? pair[0]?.split(/=(.*)/s)[1] ?? '';
const nameOf = ([word = '']: readonly string[]): string => word.split('=', 1)[0] ?? '';

/**
 * What k3s was told on a node, without what k3d adds by itself (k3d pkg/client, patchServerSpec and ClusterCreate): the role, the names of
 * the certificate, and that the first of several servers begins the cluster. Pure.
 */
export function argumentsOf({ command, labels }: MadeContainer): K3sArguments {
  const own = new Set([labels['k3d.server.api.host'], labels['k3d.server.loadbalancer']]);
  const words = command[0] === 'server' || command[0] === 'agent' ? command.slice(1) : command;
  const all = pairs(words);
  const nodeLabels = all.filter((pair) => nameOf(pair) === '--node-label').map((pair) => valueOf(pair));
  const others = all.filter((pair) => {
    const name = nameOf(pair);
    if (name === '--cluster-init' || name === '--node-label') return false;
    return !(name === '--tls-san' && own.has(valueOf(pair)));
  });
  return { nodeLabels, others: others.flat() };
}
