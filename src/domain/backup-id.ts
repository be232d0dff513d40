/** Ids of backups: the time at which one was begun, in UTC, and four hexadecimal digits. */
const form = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** An id that sorts by time; `random` is from 0 up to, and without, 1. Pure. */
export function backupId(at: number, random: number): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${Math.floor(random * 0x1_0000)
    .toString(16)
    .padStart(4, '0')}`;
}

/** Whether it is the id of a backup: a place may have folders of other people beside its backups. Pure. */
export function isBackupId(name: string): boolean {
  return form.test(name);
}
