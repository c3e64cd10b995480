/**
 * What a supply used in a period, as a bill may stand on it: measured, validated, and estimated where it must be. What
 * cannot stand is not billed but said, with the reason, so that somebody can look.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { offsetMs } from '../../../layers/metering/time-zone.ts';
import { addDays, dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import type { UsageInterval } from '../../../layers/tariff/facts.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { type Finding, validate } from '../../../layers/vee/checks.ts';
import { estimate } from '../../../layers/vee/estimate.ts';
import type { IntervalValue } from '../../../layers/vee/series.ts';
import { usualSettings, type VeeSettings } from '../../../layers/vee/vee-settings.ts';
import { type BucketUsage, usageBetween } from '../../metering/contract.ts';

export interface UsageQuestion {
  meterId: string;
  from: string;
  to: string;
  timeZone: string;
  versions: readonly TariffVersion[];
  /** Energies a day of the customer's earlier bills, the newest first, millionths of a kWh. */
  historyPerDay: readonly bigint[];
  /** Whether missing energy may be estimated. */
  mayEstimate: boolean;
  settings?: VeeSettings;
}

export interface CollectedUsage {
  usage: UsageInterval[];
  estimatedUnits: bigint;
  /** What validation found and let pass. */
  findings: string[];
}

/** Why a supply was not billed. */
export interface UsageRefusal {
  reason: 'no_readings' | 'not_billable' | 'validation_failed' | 'estimation_impossible';
  details: string[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export async function collectUsage(
  session: TenantSession,
  question: UsageQuestion,
): Promise<CollectedUsage | UsageRefusal> {
  const buckets = bucketsFor(question);
  const measured = await usageBetween(session, question.meterId, buckets);
  const broken = measured.filter(
    ({ importUnits, flags }) => importUnits !== undefined && flags.includes('register_broken'),
  );
  if (broken.length > 0)
    return { reason: 'not_billable', details: ['The register went back or leapt: exchange or reference missing.'] };
  return judge(question, measured);
}

/** Hours where a price depends on them, quarters where demand does, days otherwise. */
function bucketsFor({ versions, from, to, timeZone }: UsageQuestion): { start: number; end: number }[] {
  const [start, end] = [dayStart(from, timeZone), dayStart(to, timeZone)];
  const demand = versions.some(({ components }) => components.some(({ kind }) => kind === 'demand'));
  const fine =
    demand || versions.some(({ timeOfUse, export: exported }) => timeOfUse !== undefined || exported !== undefined);
  if (fine) return evenly(start, end, demand ? hourMs / 4 : hourMs);
  const days = daysBetween(from, to);
  return Array.from({ length: days }, (_, i) => ({
    start: dayStart(addDays(from, i), timeZone),
    end: dayStart(addDays(from, i + 1), timeZone),
  }));
}

function evenly(start: number, end: number, length: number): { start: number; end: number }[] {
  const buckets = [];
  for (let at = start; at < end; at += length) buckets.push({ start: at, end: Math.min(at + length, end) });
  return buckets;
}

function judge(question: UsageQuestion, measured: readonly BucketUsage[]): CollectedUsage | UsageRefusal {
  const { historyPerDay, mayEstimate, timeZone, settings = usualSettings } = question;
  const [first, last] = [measured[0]!, measured.at(-1)!];
  const grid = { from: first.start, to: last.end, lengthMs: first.end - first.start };
  const values: IntervalValue[] = measured.flatMap(({ start, end, importUnits, billable }) =>
    importUnits === undefined || !billable
      ? []
      : [{ from: start, to: end, units: importUnits, kind: 'measured' as const }],
  );
  if (values.length === 0 && !mayEstimate) return { reason: 'no_readings', details: [] };
  const findings = validate({ grid, values, historyPerDay }, settings);
  const missing = cellsOf(measured, values, findings);
  if (missing.length > 0 && !mayEstimate)
    return { reason: values.length === 0 ? 'no_readings' : 'validation_failed', details: describe(findings) };
  const made = estimate(
    {
      grid,
      good: values.filter(({ from }) => !missing.some((cell) => cell.from === from)),
      missing,
      past: [],
      kindOfDay: () => 'day',
      timeOfDay: (time) => (time + offsetMs(time, timeZone)) % dayMs,
      historyPerDay,
    },
    settings,
  );
  if (made.left.length > 0) return { reason: 'estimation_impossible', details: describe(findings) };
  const blocking = findings.filter(({ check, severity }) => severity === 'fail' && !repaired.has(check));
  if (blocking.length > 0) return { reason: 'validation_failed', details: describe(blocking) };
  return assemble(measured, made.values, describe(findings));
}

/** Findings that an estimate settles. */
const repaired = new Set(['gap', 'spike', 'negative', 'meter_status']);

/** Buckets without a value that can stand. Local days are not all of one length, so they are compared with what was asked for. */
function cellsOf(
  measured: readonly BucketUsage[],
  values: readonly IntervalValue[],
  findings: readonly Finding[],
): { from: number; to: number }[] {
  const known = new Set(values.map(({ from }) => from));
  const bad = findings.filter(({ check, severity }) => severity === 'fail' && check !== 'gap' && repaired.has(check));
  return measured
    .filter(({ start, end }) => !known.has(start) || bad.some(({ from, to }) => from < end && to > start))
    .map(({ start, end }) => ({ from: start, to: end }));
}

const describe = (findings: readonly Finding[]): string[] =>
  findings.map(({ check, found, expected }) => `${check}: ${found}; expected ${expected}`);

function assemble(
  measured: readonly BucketUsage[],
  estimated: readonly IntervalValue[],
  findings: string[],
): CollectedUsage {
  const byStart = new Map(estimated.map((value) => [value.from, value.units]));
  const usage = measured.map(({ start, end, importUnits, exportUnits, reactiveUnits }): UsageInterval => {
    const guess = byStart.get(start);
    return {
      from: start,
      to: end,
      importUnits: guess ?? importUnits ?? 0n,
      ...(exportUnits === undefined ? {} : { exportUnits }),
      ...(reactiveUnits === undefined ? {} : { reactiveUnits }),
      ...(guess === undefined ? {} : { estimated: true }),
    };
  });
  return { usage, estimatedUnits: estimated.reduce((sum, { units }) => sum + units, 0n), findings };
}
