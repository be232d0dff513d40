/** What of a Deployment's or StatefulSet's spec says which pods are its own. */
export interface WorkloadSelector {
  readonly selector: {
    readonly matchLabels: Readonly<Record<string, string>>;
    readonly matchExpressions: readonly unknown[];
  };
  readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
}

/**
 * Labels that the pods of a workload carry, and no other pod that its selector does not want. Expressions narrow the labels beside
 * them down, so those alone would also name pods of others; the labels of the template, which every selector of apps/v1 has to
 * match (k8s.io/kubernetes, apps validation: "selector does not match template labels"), are all on each pod that is made from it.
 */
export function ownLabels({ selector, template }: WorkloadSelector): Readonly<Record<string, string>> {
  return selector.matchExpressions.length === 0 ? selector.matchLabels : template.metadata.labels;
}
