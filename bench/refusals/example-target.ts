/** Options that name the lab's cluster, as the user `rekindle`, and the example's stack file. */
export const exampleTarget = [
  '--context',
  'rekindle',
  '--stack',
  'examples/jewelry-shop/rekindle.yaml',
] as const;
