import { isMap, isSeq, parseDocument, type Document } from 'yaml';

/** Where k3d keeps what its load balancer's configuration is made from (k3d pkg/types, DefaultLoadbalancerConfigPath). */
export const loadBalancerValues = { folder: '/etc/confd', name: 'values.yaml' } as const;

function portsOf(document: Document): ReadonlyMap<string, readonly string[]> {
  const ports = document.get('ports');
  if (!isMap(ports)) return new Map();
  return new Map(
    ports.items.flatMap(({ key, value }) =>
      isSeq(value) ? [[String(key), value.items.map(String)] as const] : [],
    ),
  );
}

/** Names of the nodes that each port (`30443.tcp`) is led to. Throws when the text is no YAML. */
export function nodesByPort(values: string): ReadonlyMap<string, readonly string[]> {
  const document = parseDocument(values);
  if (document.errors[0] !== undefined) throw document.errors[0];
  return portsOf(document);
}

/** Names of the nodes that the load balancer leads to, each once. Throws when the text is no YAML. */
export function upstreamNames(values: string): readonly string[] {
  return [...new Set([...nodesByPort(values).values()].flat())];
}

/**
 * The same values without these names; everything else stays as it is. Throws when a port would be left without a node:
 * nginx refuses such an upstream, and nobody can say where the port should lead then.
 */
export function withoutNames(values: string, gone: ReadonlySet<string>): string {
  const document = parseDocument(values);
  if (document.errors[0] !== undefined) throw document.errors[0];
  for (const [port, names] of portsOf(document)) {
    const left = names.filter((name) => !gone.has(name));
    if (left.length === 0) throw new Error(`port ${port} would lead nowhere`);
    document.setIn(['ports', port], left);
  }
  return String(document);
}
