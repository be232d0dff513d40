import type { MadeContainer } from '../../ports/cluster-maker.ts';

/** A node with the number by which k3d's filters know it. */
export interface NumberedNode {
  readonly role: 'server' | 'agent' | 'loadbalancer';
  readonly index: number;
  readonly container: MadeContainer;
  /** What k3d will call the node of this number. */
  readonly usualName: string;
}

/** The number at the end of a name; a node that was added by hand may have another name, and comes after the others. */
function numberOf(cluster: string, role: string, { name }: MadeContainer): number {
  const prefix = `k3d-${cluster}-${role}-`;
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? Number(rest) : Number.MAX_SAFE_INTEGER;
}

/** The nodes of a cluster in k3d's order, servers first. Pure. */
export function numbered(cluster: string, containers: readonly MadeContainer[]): readonly NumberedNode[] {
  return (['server', 'agent'] as const).flatMap((role) =>
    containers
      .filter((container) => container.role === role)
      .map((container) => ({ container, number: numberOf(cluster, role, container) }))
      .toSorted((a, b) => a.number - b.number || (a.container.name < b.container.name ? -1 : 1))
      .map(({ container }, index) => ({
        role,
        index,
        container,
        usualName: `k3d-${cluster}-${role}-${index}`,
      })),
  );
}

/** Filters that mean exactly these of all nodes: `server:*`, `agent:1`, `loadbalancer` (k3d.io, Node Filters). Pure. */
export function grouped(all: readonly NumberedNode[], some: readonly NumberedNode[]): string[] {
  return (['server', 'agent', 'loadbalancer'] as const).flatMap((role) => {
    const having = some.filter((node) => node.role === role);
    if (having.length === 0) return [];
    if (role === 'loadbalancer') return [role];
    const isEach = having.length === all.filter((node) => node.role === role).length;
    return isEach ? [`${role}:*`] : having.map(({ index }) => `${role}:${index}`);
  });
}
