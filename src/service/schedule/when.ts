/** When backups are made: as systemd has it, and how far apart. */
export interface Times {
  /** OnCalendar= (systemd.time(7)). */
  readonly calendar: string;
  readonly everySeconds: number;
}

/** Hours that divide a day: others would not come at the same times each day. */
export const hoursApart = [1, 2, 3, 4, 6, 8, 12] as const;

/** Once a day at this time of the machine's clock, `HH:MM`; undefined for no time of day. Pure. */
export function daily(text: string): Times | undefined {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return undefined;
  return { calendar: `*-*-* ${text}:00`, everySeconds: 86_400 };
}

/** Every so many hours, `6h`; undefined for what does not divide a day. Pure. */
export function hourly(text: string): Times | undefined {
  const hours = hoursApart.find((count) => text === `${count}h`);
  if (hours === undefined) return undefined;
  return { calendar: hours === 1 ? '*-*-* *:00:00' : `*-*-* 00/${hours}:00:00`, everySeconds: hours * 3600 };
}

/** At night, once a day. */
export const usualTimes: Times = { calendar: '*-*-* 03:00:00', everySeconds: 86_400 };

/** The times of a day at which it begins, for whoever has no calendar of systemd. Pure. */
export function startsOf({ calendar, everySeconds }: Times): readonly { hour: number; minute: number }[] {
  const [, hour, minute] = /(\d\d):(\d\d):00$/.exec(everySeconds === 86_400 ? calendar : '') ?? [];
  if (hour !== undefined) return [{ hour: Number(hour), minute: Number(minute) }];
  const hours = everySeconds / 3600;
  return Array.from({ length: 24 / hours }, (_, index) => ({ hour: index * hours, minute: 0 }));
}
