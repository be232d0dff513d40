import type { InstallRecord } from '../service-spec.ts';

/** systemd ignores sections whose name begins with `X-` (systemd.unit(5)), and so do its checks. */
export const recordSection = 'X-Rekindle';

const key = 'Record=';

/** The record as the one line of its section. JSON has neither line breaks nor a backslash at its end. */
export function recordLine(record: InstallRecord): string {
  return `${key}${JSON.stringify(record)}`;
}

/** The record of a unit that `rekindle service install` wrote; undefined when it has none that can be read. */
export function readRecord(unit: string): InstallRecord | undefined {
  const lines = unit.split('\n');
  const section = lines.indexOf(`[${recordSection}]`);
  const line = lines.slice(section + 1).find((candidate) => candidate.startsWith(key));
  if (section === -1 || line === undefined) return undefined;
  try {
    const record = JSON.parse(line.slice(key.length)) as Partial<InstallRecord>;
    const { version, account, files, decisive, options } = record;
    const isRecord =
      typeof version === 'string' &&
      typeof account === 'string' &&
      Array.isArray(files) &&
      Array.isArray(decisive) &&
      typeof options?.environment === 'object';
    return isRecord ? (record as InstallRecord) : undefined;
  } catch {
    // Edited by hand: then nothing is kept from it.
    return undefined;
  }
}
