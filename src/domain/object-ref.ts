/** Names one thing that Rekindle looks at or acts on: a Kubernetes object, an engine container or a database role. */
export interface ObjectRef {
  /** Kubernetes kind, or `Container` (engine), `Role` (PostgreSQL), `FrontDoor`, `Cluster`. */
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Kubernetes uid or container id: an action on a re-created object of the same name must not happen. */
  readonly uid?: string;
}

/** `Pod jewelry-shop/django-1`, as shown to people and used as the key of budgets and cool-downs. */
export function refText(ref: ObjectRef): string {
  return ref.namespace === undefined ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}
