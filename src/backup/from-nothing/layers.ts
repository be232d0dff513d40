import type { Component } from '../../domain/stack.ts';

const nameOf = ({ ref }: Component) => `${ref.kind}/${ref.name}`;

/** Components in layers: each needs only what is in layers before it. What closes a circle comes in the last one. Pure. */
export function layersOf(components: readonly Component[]): readonly (readonly string[])[] {
  const known = new Set(components.map((component) => nameOf(component)));
  const placed = new Set<string>();
  const layers: string[][] = [];
  let open = [...components];
  while (open.length > 0) {
    const ready = open.filter(({ dependsOn }) =>
      dependsOn.every((name) => placed.has(name) || !known.has(name)),
    );
    const layer = (ready.length > 0 ? ready : open).map((component) => nameOf(component));
    layers.push(layer);
    for (const name of layer) placed.add(name);
    open = open.filter((component) => !placed.has(nameOf(component)));
  }
  return layers;
}
