/** What another tool found, in a form that can be compared. */
export interface ForeignFinding {
  readonly tool: 'popeye' | 'kube-score';
  /** Of the cross-walk: the tool's own id, with what tells parts of it apart. */
  readonly id: string;
  /** `kind namespace/name` of the object that people write: pods and ReplicaSets count as their Deployment's. */
  readonly object: string;
  readonly container?: string;
  /** The tool's own words. */
  readonly text: string;
}

/** The same object as others name it: `Deployment shop/web`, or `Node n1`. */
export function objectName(kind: string, namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
