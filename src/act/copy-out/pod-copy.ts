import type { ArchivedEntry } from '../../domain/folder-entry.ts';

/** One emptyDir volume on disk. */
export interface VolumeCopy {
  readonly volume: string;
  /** Absolute path of the tar archive, byte for byte as the engine sent it. */
  readonly archive: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly entries: readonly ArchivedEntry[];
}

/** All emptyDir volumes of one pod on disk, each compared with a second look at the node. */
export interface PodCopy {
  /** Absolute. */
  readonly folder: string;
  readonly volumes: readonly VolumeCopy[];
}

/** `3 files and 1 other (2048 bytes)`: what these entries amount to; folders are not counted. */
export function amount(entries: readonly { readonly type: string; readonly size: number }[]): string {
  const files = entries.filter(({ type }) => type === 'file');
  const others = entries.filter(({ type }) => type !== 'file' && type !== 'directory').length;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const besides = others === 0 ? '' : ` and ${others} link(s) or other things`;
  return `${files.length} file(s)${besides} (${bytes} bytes)`;
}
