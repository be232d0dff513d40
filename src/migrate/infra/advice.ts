import type { Needs } from '../needs.ts';

const round = (value: number) => Number(value.toFixed(2));

/** What the manifests ask for, so that a size is not guessed. */
export function sizeAdvice({ requests }: Needs): string {
  const { cores, memoryGi, pods, silent } = requests;
  const said = `The manifests ask for ${round(cores)} CPUs and ${round(memoryGi)} GiB for ${pods} pods in all`;
  const quiet = silent === 0 ? '.' : `, and ${silent} containers say nothing, which counts as 0.`;
  return `${said}${quiet} Measure before you choose: kubectl top pod.`;
}

/** What is known of the database's size. */
export function databaseAdvice({ cluster, databaseGi }: Needs): string {
  const version = cluster === undefined ? '' : `PostgreSQL ${cluster.version}; `;
  return `${version}its disk starts at ${databaseGi} GiB. Memory should hold what is read often: see the sizes of tables and indexes.`;
}
