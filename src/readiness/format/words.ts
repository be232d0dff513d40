const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes as people read them: `1.4 GiB`. */
export function bytesText(bytes: number): string {
  const step = bytes <= 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? 'B'}`;
}

/** A path without the 64 digits by which the engine names a volume: the first twelve are enough, as `docker ps` shows it. */
export function shortPath(path: string): string {
  return path.replaceAll(/[0-9a-f]{64}/g, (name) => `${name.slice(0, 12)}…`);
}

/** A time span as people say it: `3 days`, `5 h`, `12 min`, `8 s`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
