/** A time as a part of a file name, `20260101T120030Z`: sorts by time and needs no quoting. `at`: ms since the epoch. */
export function timeStamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
