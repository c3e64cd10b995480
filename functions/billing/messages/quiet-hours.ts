/** When a message may go out: people are not woken for a reminder. Pure. */
import { localTime } from '../../../layers/metering/time-zone.ts';

export interface QuietHours {
  /** `HH:MM` local time. */
  from: string;
  to: string;
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/**
 * The end of the quiet hours that a moment lies in, milliseconds; undefined outside of them. Where the clocks change in the
 * night the end is found again from the changed time, so it is the `to` of the clock on the wall.
 */
export function quietUntil(nowMs: number, quiet: QuietHours | undefined, timeZone: string): number | undefined {
  if (quiet === undefined) return undefined;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const minuteOfDay = (ms: number): number => {
    const { hour, minute } = localTime(ms, timeZone);
    return hour * 60 + minute;
  };
  const present = minuteOfDay(nowMs);
  const isQuiet = from <= to ? present >= from && present < to : present >= from || present < to;
  if (!isQuiet) return undefined;
  const startOfMinute = Math.floor(nowMs / 60_000) * 60_000;
  const guess = startOfMinute + ((to - present + 1440) % 1440) * 60_000;
  // An hour off where the clocks were changed in between.
  const drift = ((minuteOfDay(guess) - to + 720 + 1440) % 1440) - 720;
  return guess - drift * 60_000;
}
