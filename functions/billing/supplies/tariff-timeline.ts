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

/** A timeline in which some days have other tariffs, those that they were charged by; the days around keep theirs. */
export function withHeld<T extends TariffTimeline & { from: string }>(
  supply: T,
  { from, to }: { from: string; to: string },
  held: TariffTimeline,
): T {
  const before = supply.from < from ? steps(tariffsHeld(supply, { from: supply.from, to: from }), from) : [];
  const after = (supply.tariffsBefore ?? []).filter(({ until }) => until > to);
  return { ...supply, tariffsBefore: [...before, ...steps(held, to), ...after] };
}

const steps = ({ tariffId, tariffsBefore = [] }: TariffTimeline, until: string) => [
  ...tariffsBefore,
  { tariffId, until },
];

/** The tariff of a local day. */
export const tariffOn = (timeline: TariffTimeline, day: string): string =>
  tariffsHeld(timeline, { from: day, to: addDays(day, 1) }).tariffId;

/**
 * The versions in force along a timeline on the days of a bill, in order, as the rating engine takes them: what was before and
 * comes after says nothing. Days on which a tariff had no version stay without one.
 * @param days `to` is the first day after
 */
export async function versionsAlong(
  { tariffId, tariffsBefore = [] }: TariffTimeline,
  days: { from: string; to: string },
  versionsOf: (tariffId: string) => Promise<TariffVersion[]>,
): Promise<TariffVersion[]> {
  const along: TariffVersion[] = [];
  let since = '';
  for (const { tariffId: id, until } of [...tariffsBefore, { tariffId, until: days.to }]) {
    const versions = await versionsOf(id);
    versions.forEach((version, i) => {
      const from = later(version.from, since);
      const to = [version.to, versions[i + 1]?.from].reduce<string>(
        (a, b) => (b === undefined ? a : earlier(a, b)),
        until,
      );
      if (from >= to || to <= days.from || from >= days.to) return;
      // Bills of many supplies share what was worked out of one version.
      const isWhole = from === version.from && until >= days.to;
      along.push(isWhole ? version : { ...version, from, to });
    });
    since = until;
  }
  return along;
}
