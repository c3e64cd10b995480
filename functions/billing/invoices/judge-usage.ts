/** Judges what was measured over a period by the settings of the customer's class, and fills what may be filled. */
import { type CheckName, type Finding, validate } from '../../../layers/vee/checks.ts';
import { estimate } from '../../../layers/vee/estimate.ts';
import { likeDaysOf } from '../../../layers/vee/like-days.ts';
import { checkRegisters, type RegisterEvidence } from '../../../layers/vee/register-checks.ts';
import type { IntervalValue } from '../../../layers/vee/series.ts';
import { usualSettings } from '../../../layers/vee/vee-settings.ts';
import type { BillingEvidence, BucketUsage } from '../../metering/contract.ts';
import { assemble } from './assemble-usage.ts';
import type { CollectedUsage, UsageQuestion, UsageRefusal } from './collect-usage.ts';
import { type Likeness, shapeSilences, silentBuckets } from './shape-silences.ts';

/** @param readPast measured values of the weeks before, read only where something is estimated */
export async function judgeUsage(
  question: UsageQuestion,
  evidence: BillingEvidence & Pick<RegisterEvidence, 'rates'>,
  readPast: () => Promise<IntervalValue[]>,
): Promise<CollectedUsage | UsageRefusal> {
  const { historyPerDay, timeZone, settings = usualSettings } = question;
  const measured = evidence.buckets;
  const grid = gridOf(measured);
  const values = valuesOf(measured.filter(({ billable }) => billable));
  const findings = findIn(question, evidence, values);
  const failed = findings.filter(({ severity }) => severity === 'fail');
  const checks = [...new Set(failed.map(({ check }) => check))];
  const failures = failuresIn(failed);
  const decision = checks.length === 0 ? undefined : await question.decisionOn?.({ checks, failures });
  const refuse = (reason: UsageRefusal['reason'], because: readonly Finding[]): UsageRefusal => ({
    reason,
    checks,
    failures,
    details: describe(because),
    isDecided: decision !== undefined,
  });
  // As they are: what the register did not tell is not billed, and nothing that failed is replaced.
  if (decision === 'accept' && measured.every(({ importUnits, complete }) => importUnits !== undefined && complete))
    return assemble(measured, [], describe(findings));
  const mayEstimate = question.mayEstimate || decision === 'estimate';
  const broken = failed.filter(({ check }) => check === 'register_broken');
  if (broken.length > 0 && decision !== 'estimate') return refuse('not_billable', broken);
  const blocking = failed.filter(({ check }) => !repaired.has(check));
  // Who decides to estimate although the whole stretch is in doubt wants none of it.
  const missing =
    decision === 'estimate' && blocking.length > 0 ? cells(measured) : cellsToFill(measured, values, failed);
  if (missing.length > 0 && !mayEstimate)
    return refuse(values.length === 0 ? 'no_readings' : 'validation_failed', findings);
  const starts = new Set(missing.map(({ from }) => from));
  const silent = silentBuckets(evidence, settings).filter(({ start }) => !starts.has(start));
  const likeness: Likeness = {
    past: missing.length + silent.length === 0 ? [] : await readPast(),
    ...likeDaysOf(timeZone),
  };
  const good = values.filter(({ from }) => !starts.has(from));
  const made = estimate({ grid, good, missing, ...likeness, historyPerDay }, settings);
  if (made.left.length > 0) return refuse('estimation_impossible', findings);
  if (blocking.length > 0 && decision !== 'estimate') return refuse('validation_failed', blocking);
  const estimated = [...made.values, ...shapeSilences(silent, likeness, settings)].sort((a, b) => a.from - b.from);
  return assemble(measured, estimated, describe(findings));
}

/** Findings of an interval, not of the whole stretch, whose figures every new reading changes. */
const ofIntervals = new Set<CheckName>(['spike', 'negative', 'overlap', 'register_broken', 'unmeasured']);
const mostFailures = 100;

/** Of very many, their number stands for those that are not named. */
function failuresIn(failed: readonly Finding[]): string[] {
  const all = failed
    .filter(({ check }) => ofIntervals.has(check))
    .map(({ check, from, found }) => `${check} ${new Date(from).toISOString()} ${found}`);
  return all.length <= mostFailures ? all : [...all.slice(0, mostFailures), `and ${all.length - mostFailures} more`];
}

function findIn(
  { historyPerDay, settings = usualSettings }: UsageQuestion,
  evidence: BillingEvidence & Pick<RegisterEvidence, 'rates'>,
  values: readonly IntervalValue[],
): Finding[] {
  const grid = gridOf(evidence.buckets);
  const { clockOffsetMs, disconnectedSince } = evidence;
  return [
    ...checkRegisters({ ...evidence, from: grid.from, to: grid.to }, settings),
    ...validate(
      {
        grid,
        values,
        historyPerDay,
        ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
        isDisconnected: disconnectedSince !== undefined && Date.parse(disconnectedSince) <= grid.from,
      },
      settings,
    ),
  ];
}

function gridOf(measured: readonly BucketUsage[]): { from: number; to: number; lengthMs: number } {
  const [first, last] = [measured[0]!, measured.at(-1)!];
  return { from: first.start, to: last.end, lengthMs: first.end - first.start };
}

const valuesOf = (measured: readonly BucketUsage[]): IntervalValue[] =>
  measured.flatMap(({ start, end, importUnits, stretches }) =>
    importUnits === undefined
      ? []
      : [{ from: start, to: end, units: importUnits, kind: stretches === undefined ? 'measured' : 'edited' }],
  );

/** Findings that an estimate of their intervals settles. */
const repaired = new Set<CheckName>(['gap', 'spike', 'negative', 'register_broken', 'unmeasured']);

const cells = (measured: readonly BucketUsage[]): { from: number; to: number }[] =>
  measured.map(({ start, end }) => ({ from: start, to: end }));

/** Buckets without a value that can stand. Local days are not all of one length, so they are compared with what was asked for. */
function cellsToFill(
  measured: readonly BucketUsage[],
  values: readonly IntervalValue[],
  failed: readonly Finding[],
): { from: number; to: number }[] {
  const known = new Set(values.map(({ from }) => from));
  const bad = failed.filter(({ check }) => check !== 'gap' && repaired.has(check));
  return cells(measured).filter(
    (cell) => !known.has(cell.from) || bad.some(({ from, to }) => from < cell.to && to > cell.from),
  );
}

/** A meter that sends nonsense does so every quarter of an hour, and an invoice is one row. */
const mostFindings = 50;

function describe(findings: readonly Finding[]): string[] {
  const all = findings.map(({ check, found, expected }) => `${check}: ${found}; expected ${expected}`);
  return all.length <= mostFindings
    ? all
    : [...all.slice(0, mostFindings - 1), `${all.length - mostFindings + 1} findings more`];
}
