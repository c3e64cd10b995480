/**
 * Which tariff a supply had on which days. A bill is made of the versions of each, as far as the supply had it: a change of
 * tariff is prorated as a change of prices is.
 */
import { addDays, earlier, later } from '../../../layers/tariff/calendar.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';

export interface TariffTimeline {
  /** The last one. */
  tariffId: string;
  /** Those before it, in order, each with the first local day it no longer held. @default none */
  tariffsBefore?: { tariffId: string; until: string }[] | undefined;
}

/** What a supply that began on `began` had and has, when another tariff holds from a local day on. */
export function changeTariff(
  { tariffId, tariffsBefore = [], from: began }: TariffTimeline & { from: string },
  next: string,
  from: string,
): TariffTimeline {
  const before: { tariffId: string; until: string }[] = [];
  let since = began;
  for (const held of [...tariffsBefore, { tariffId, until: from }]) {
    if (since < from) before.push({ tariffId: held.tariffId, until: earlier(held.until, from) });
    since = held.until;
  }
  // What was had from a day on and again is one.
  while (before.at(-1)?.tariffId === next) before.pop();
  return { tariffId: next, tariffsBefore: before };
}

/** The part of a timeline that the days of a bill meet; `to` is the first day after. */
export function tariffsHeld(
  { tariffId, tariffsBefore = [] }: TariffTimeline,
  { from, to }: { from: string; to: string },
): TariffTimeline {
  const met = tariffsBefore.filter(({ until }) => until > from);
  const last = met.findIndex(({ until }) => until >= to);
  const before = last < 0 ? met : met.slice(0, last);
  return {
    tariffId: last < 0 ? tariffId : met[last]!.tariffId,
    ...(before.length === 0 ? {} : { tariffsBefore: before }),
  };
}

/** The tariff of a local day. */
export const tariffOn = (timeline: TariffTimeline, day: string): string =>
  tariffsHeld(timeline, { from: day, to: addDays(day, 1) }).tariffId;

/** The versions along a timeline, as the rating engine takes them. Days on which a tariff had no version stay without one. */
export async function versionsAlong(
  { tariffId, tariffsBefore = [] }: TariffTimeline,
  versionsOf: (tariffId: string) => Promise<TariffVersion[]>,
): Promise<TariffVersion[]> {
  if (tariffsBefore.length === 0) return versionsOf(tariffId);
  const along: TariffVersion[] = [];
  let since = '';
  for (const { tariffId: id, until } of [...tariffsBefore, { tariffId, until: undefined }]) {
    const versions = await versionsOf(id);
    versions.forEach((version, i) => {
      const ends = [version.to, versions[i + 1]?.from, until].filter((day) => day !== undefined);
      const to = ends.length === 0 ? undefined : ends.reduce(earlier);
      const from = later(version.from, since);
      if (to === undefined || from < to) along.push({ ...version, from, ...(to === undefined ? {} : { to }) });
    });
    since = until ?? since;
  }
  return along;
}
