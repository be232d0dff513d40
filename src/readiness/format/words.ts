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
