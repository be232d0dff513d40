import type { Lab } from '../api.ts';
import { nodeRules, type NodeRules, rulePrefix } from './compile.ts';
import { worldOf } from './read-world.ts';

/** What the enforcer needs of a lab. */
type Site = Pick<Lab, 'cluster' | 'docker' | 'kubectl' | 'run'>;

/**
 * Puts the rules in place on one node: sets first, chains that use them, then the way to them. Chains of pods that are
 * gone are removed in the end. Standard input is one script, so that a node is asked once.
 */
function script({ sets, chains, chainNames }: NodeRules): string {
  const known = chainNames.join(' ');
  return `set -e
ipset restore <<'SETS'
${sets}SETS
iptables-restore --noflush <<'CHAINS'
${chains}CHAINS
iptables -C FORWARD -j ${rulePrefix} 2>/dev/null || iptables -I FORWARD 1 -j ${rulePrefix}
for chain in $(iptables -S | sed -n 's/^-N \\(${rulePrefix}-[^ ]*\\)$/\\1/p'); do
  case " ${known} " in *" $chain "*) ;; *) iptables -F "$chain"; iptables -X "$chain" ;; esac
done
`;
}

/** Takes every rule away: the way to the chains first, then all chains, then the sets that they used. */
const clearing = `set -e
while iptables -C FORWARD -j ${rulePrefix} 2>/dev/null; do iptables -D FORWARD -j ${rulePrefix}; done
chains=$(iptables -S | sed -n 's/^-N \\(${rulePrefix}[^ ]*\\)$/\\1/p')
for chain in $chains; do iptables -F "$chain"; done
for chain in $chains; do iptables -X "$chain"; done
for set in $(ipset list -name | grep "^${rulePrefix}" || test $? = 1); do ipset destroy "$set"; done
`;

/** Enforces the cluster's NetworkPolicies on its nodes, as k3s does with kube-router: the lab's nodes have no such part. */
export class Enforcer {
  readonly #lab: Site;
  /** What was put in place, by node and its start: a node that was started anew has lost it. */
  readonly #placed = new Map<string, string>();

  constructor(lab: Site) {
    this.#lab = lab;
  }

  /** Brings every node up to date once. Throws when the cluster or a node cannot be asked. */
  async pass(): Promise<void> {
    const list = ['get', 'networkpolicies,pods,namespaces', '-A', '-o', 'json', '--request-timeout=5s'];
    const world = worldOf(await this.#lab.kubectl(list));
    for (const { name, startedAt } of await this.#nodes()) {
      const rules = nodeRules(world, name);
      const wanted = `${rules.sets}${rules.chains}`;
      const key = `${name} ${startedAt}`;
      if (this.#placed.get(key) === wanted) continue;
      const argv = ['docker', 'exec', '-i', name, 'bash', '-s'];
      await this.#lab.run(argv, { input: script(rules), check: true, timeoutSeconds: 30 });
      this.#placed.set(key, wanted);
    }
  }

  /** Lets everything through again on every node that runs. Throws when the engine or a node cannot be asked. */
  async clear(): Promise<void> {
    this.#placed.clear();
    for (const { name } of await this.#nodes()) {
      const argv = ['docker', 'exec', '-i', name, 'bash', '-s'];
      await this.#lab.run(argv, { input: clearing, check: true, timeoutSeconds: 30 });
    }
  }

  async #nodes(): Promise<readonly { readonly name: string; readonly startedAt: string }[]> {
    const filters = ['--filter', `label=k3d.cluster=${this.#lab.cluster}`, '--filter', 'status=running'];
    const names = (await this.#lab.docker(['ps', ...filters, '--format', '{{.Names}} {{.Label "k3d.role"}}']))
      .split('\n')
      .filter((line) => / (?:server|agent)$/.test(line))
      .map((line) => line.split(' ')[0] ?? '');
    if (names.length === 0) return [];
    const format = '{{.Name}} {{.State.StartedAt}}';
    const lines = (await this.#lab.docker(['inspect', '--format', format, ...names])).trim().split('\n');
    return lines.map((line) => {
      const [name = '', startedAt = ''] = line.replace(/^\//, '').split(' ');
      return { name, startedAt };
    });
  }
}
