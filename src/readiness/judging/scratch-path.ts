/** Paths at which only what can be made again is kept (Filesystem Hierarchy Standard 3.0: /run, /tmp, /var/cache, /var/tmp). */
const scratch =
  /^\/(tmp|var\/(run|cache|tmp|log)|run|dev\/shm|cache)(\/|$)|(^|[-/])(cache|tmp|temp|run|socket|sock|shm)s?([-/]|$)/i;

/** Whether a path is, by its name, one for what can be made again. */
export function isScratch(path: string): boolean {
  return scratch.test(path);
}
