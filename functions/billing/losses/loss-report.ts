/** The energy balance of an area over local days, from what its meters measured. It is made while one waits, so its size has a limit. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { type BucketUsage, usageBetween } from '../../metering/contract.ts';
import { outputMeters, type Period } from './area-meters.ts';
import { balance, percentOf } from './balance.ts';
import { clip, union } from './day-spans.ts';
import type { LossArea } from './loss-area-entity.ts';
import type { LossLine, LossReport } from './loss-report-schema.ts';

const mostDays = 366;
/** Before these days nothing was metered here; `Date` also reads the first hundred years as another century. */
const firstDay = '2000-01-01';
const mostMeters = 200;
/** Two hundred meters for a month: hourly readings of so many are read well within a request. */
const mostMeterDays = 6_400;
/** Meters read at the same time. */
const parallel = 10;

interface Asked extends Period {
  meterId: string;
  role: LossLine['role'];
}

interface Measured extends Asked {
  usage: BucketUsage;
}

export async function lossReport(session: TenantSession, area: LossArea, { from, to }: Period): Promise<LossReport> {
  const period = { from, to };
  refusePeriod(period);
  const inputs = area.inputMeters.flatMap((span): Asked[] => {
    const days = clip(span, period);
    return days === undefined ? [] : [{ meterId: span.meterId, role: 'input', ...days }];
  });
  const found = await outputMeters(session, area, period, mostMeters);
  const outputs = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([meterId, days]) => days.map((each): Asked => ({ meterId, role: 'output', ...each })));
  const asked = [...inputs, ...outputs];
  refuseSize(asked);
  const { timeZone } = await tenantProfile(session);
  const measured: Measured[] = [];
  for (let start = 0; start < asked.length; start += parallel)
    measured.push(
      ...(await Promise.all(asked.slice(start, start + parallel).map((each) => measure(session, each, timeZone)))),
    );
  return report(area, period, measured);
}

async function measure(session: TenantSession, asked: Asked, timeZone: string): Promise<Measured> {
  const bucket = { start: dayStart(asked.from, timeZone), end: dayStart(asked.to, timeZone) };
  const [usage] = await usageBetween(session, asked.meterId, [bucket]);
  return { ...asked, usage: usage! };
}

function report(area: LossArea, { from, to }: Period, measured: readonly Measured[]): LossReport {
  const of = (role: Asked['role']): Measured[] => measured.filter((each) => each.role === role);
  const [inputs, outputs] = [of('input'), of('output')];
  const energies = {
    input: sum(inputs, ({ importUnits }) => importUnits),
    returned: sum(inputs, ({ exportUnits }) => exportUnits),
    fedIn: sum(outputs, ({ exportUnits }) => exportUnits),
    output: sum(outputs, ({ importUnits }) => importUnits),
  };
  const covered = union(inputs.map((each) => ({ from: each.from, to: each.to })));
  const daysWithoutInput =
    daysBetween(from, to) - covered.reduce((days, span) => days + daysBetween(span.from, span.to), 0);
  const isKnown = daysWithoutInput === 0 && inputs.every(({ usage }) => usage.importUnits !== undefined);
  const losses = isKnown ? balance(energies, area.technicalLossPercent) : undefined;
  const estimated = sum(
    outputs.filter(({ usage }) => usage.estimated),
    ({ importUnits }) => importUnits,
  );
  return {
    areaId: area.id,
    from,
    to,
    metersFrom: area.networkElementId === undefined ? 'assignments' : 'network',
    inputKwh: fromUnits(energies.input),
    returnedKwh: fromUnits(energies.returned),
    fedInKwh: fromUnits(energies.fedIn),
    outputKwh: fromUnits(energies.output),
    lossKwh: losses ? fromUnits(losses.loss) : null,
    lossPercent: losses?.lossPercent ?? null,
    technicalLossPercent: area.technicalLossPercent,
    technicalLossKwh: losses ? fromUnits(losses.technical) : null,
    commercialLossKwh: losses ? fromUnits(losses.commercial) : null,
    commercialLossPercent: losses?.commercialPercent ?? null,
    quality: {
      meterCount: new Set(measured.map(({ meterId }) => meterId)).size,
      estimatedPercent: percentOf(estimated, energies.output),
      daysWithoutInput,
      metersWithoutData: ids(measured, ({ importUnits }) => importUnits === undefined),
      incompleteMeters: ids(measured, ({ importUnits, billable }) => importUnits !== undefined && !billable),
    },
    meters: measured.map(toLine),
  };
}

const toLine = ({ meterId, role, from, to, usage }: Measured): LossLine => ({
  meterId,
  role,
  from,
  to,
  importKwh: usage.importUnits === undefined ? null : fromUnits(usage.importUnits),
  exportKwh: usage.exportUnits === undefined ? null : fromUnits(usage.exportUnits),
  estimated: usage.estimated,
  complete: usage.billable,
});

const sum = (all: readonly Measured[], select: (usage: BucketUsage) => bigint | undefined): bigint =>
  all.reduce((units, { usage }) => units + (select(usage) ?? 0n), 0n);

const ids = (all: readonly Measured[], select: (usage: BucketUsage) => boolean): string[] => [
  ...new Set(all.flatMap(({ meterId, usage }) => (select(usage) ? [meterId] : []))),
];

/** @throws AppError `unprocessable`, also for days that nowhere on earth have begun: looking for readings there has no end */
function refusePeriod({ from, to }: Period): void {
  const end = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  if (from < firstDay || from >= to || to > end || daysBetween(from, to) > mostDays)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Ask about at least one and at most ${mostDays} days, from ${firstDay} to today.`,
        ar: `اسأل عن يوم واحد على الأقل و${mostDays} يومًا على الأكثر، من ${firstDay} حتى اليوم.`,
      },
    });
}

function refuseSize(asked: readonly Asked[]): void {
  const meters = new Set(asked.map(({ meterId }) => meterId)).size;
  const meterDays = asked.reduce((days, { from, to }) => days + daysBetween(from, to), 0);
  if (meters > mostMeters || meterDays > mostMeterDays)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `At most ${mostMeters} meters, and ${mostMeterDays} times a meter and a day, are balanced at once: ask for fewer days or for the transformers one by one.`,
        ar: `يُحسب ${mostMeters} عداد على الأكثر و${mostMeterDays} مرة عداد في يوم دفعة واحدة: اطلب أيامًا أقل أو المحوّلات واحدًا واحدًا.`,
      },
    });
}
