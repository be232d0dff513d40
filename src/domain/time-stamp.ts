/** A time as a part of a file name, `20260101T120030Z`: sorts by time and needs no quoting. `at`: ms since the epoch. */
export function timeStamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/** A time of day as the clock on the reader's wall shows it, `HH:MM:SS`. `at`: ms since the epoch. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

const two = (number: number) => String(number).padStart(2, '0');

/** A date and time as the clock on the reader's wall shows them, `YYYY-MM-DD HH:MM`. `at`: ms since the epoch. */
export function dateTime(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** How long ago, in the largest unit that fits. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
