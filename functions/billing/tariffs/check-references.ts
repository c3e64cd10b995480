/** What the schema of a tariff cannot say: codes that lines refer to exist, buckets and seasons are declared, totals can be paid. */

import { AppError, type ErrorDetail } from '../../../layers/kernel/errors/app-error.ts';
import { currencyExponent } from '../../../layers/money/currencies.ts';
import { parseDecimal, powerOfTen } from '../../../layers/money/decimal.ts';
import { isDemandInKw } from '../../../layers/tariff/conditions.ts';
import { unitOf } from '../../../layers/tariff/known-demand.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';

/** @throws AppError `unprocessable` naming every field that does not fit */
export function checkReferences(version: Omit<TariffVersion, 'to'>): void {
  const details = [
    ...codesThatAreMissing(version),
    ...bucketsThatAreMissing(version),
    ...seasonsThatAreMissing(version),
    ...registersThatDoNotFit(version),
    ...loadFactorsWithoutDemand(version),
    ...fieldsOfAnotherUnit(version),
    ...totalThatCannotBePaid(version),
  ];
  if (details.length > 0)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Fields of the tariff do not fit the rest of it: ${details.map(({ path }) => path).join(', ')}.`,
        ar: `حقول في التعرفة لا توافق بقيتها: ${details.map(({ path }) => path).join('، ')}.`,
      },
      details,
    });
}

const detail = (path: string, message: string): ErrorDetail => ({ in: 'body', path, message });

/** A line rests on lines before it, so a component refers to earlier ones only. */
function codesThatAreMissing({ components }: Pick<TariffVersion, 'components'>): ErrorDetail[] {
  return components.flatMap((component, i) => {
    const of =
      component.kind === 'subsidy' && component.benefit.type === 'percent'
        ? component.benefit.of
        : 'of' in component
          ? (component.of ?? [])
          : [];
    const earlier = new Set(
      components
        .filter((other, j) => j < i || (component.kind === 'tax' && other.kind !== 'tax'))
        .map(({ code }) => code),
    );
    return of
      .filter((code) => !earlier.has(code))
      .map((code) => detail(`/components/${i}/of`, `There is no component "${code}" before this one.`));
  });
}

function bucketsThatAreMissing({ components, timeOfUse, ...version }: Omit<TariffVersion, 'to'>): ErrorDetail[] {
  const buckets = new Set([timeOfUse?.defaultBucket, ...(timeOfUse?.windows.map(({ bucket }) => bucket) ?? [])]);
  const named: [string, string | undefined][] = components.map((component, i) => [
    `/components/${i}/bucket`,
    'bucket' in component ? component.bucket : undefined,
  ]);
  timeOfUse?.registers?.forEach(({ bucket }, i) => {
    named.push([`/timeOfUse/registers/${i}/bucket`, bucket]);
  });
  if (version.export?.mode === 'net_billing')
    version.export.rates.forEach(({ bucket }, i) => {
      named.push([`/export/rates/${i}/bucket`, bucket]);
    });
  return named
    .filter(([, bucket]) => bucket !== undefined && !buckets.has(bucket))
    .map(([path, bucket]) => detail(path, `No window and no default has the bucket "${bucket}".`));
}

/** A register counts for one bucket, and what no register counts would be billed to nobody; demand is registered as a whole. */
function registersThatDoNotFit({ components, timeOfUse }: Omit<TariffVersion, 'to'>): ErrorDetail[] {
  const registers = timeOfUse?.registers ?? [];
  const twice = registers.flatMap(({ obis }, i) =>
    registers.findIndex((other) => other.obis === obis) < i
      ? [detail(`/timeOfUse/registers/${i}/obis`, `Register ${obis} counts for another bucket already.`)]
      : [],
  );
  const buckets = new Set([timeOfUse?.defaultBucket, ...(timeOfUse?.windows.map(({ bucket }) => bucket) ?? [])]);
  const uncounted = [...buckets].filter((bucket) => !registers.some((register) => register.bucket === bucket));
  return [
    ...twice,
    ...(registers.length === 0 ? [] : uncounted).map((bucket) =>
      detail('/timeOfUse/registers', `Bucket "${bucket}" has no register.`),
    ),
    ...components.flatMap((component, i) =>
      component.kind === 'demand' && component.source === 'register' && component.bucket !== undefined
        ? [detail(`/components/${i}/bucket`, 'The register of demand knows no buckets.')]
        : [],
    ),
  ];
}

/** A step of less than the smallest coin, or of one and a half, is none that a total can be a multiple of. */
function totalThatCannotBePaid({ currency, rounding }: Omit<TariffVersion, 'to'>): ErrorDetail[] {
  if (rounding.totalTo === undefined) return [];
  const { units, scale } = parseDecimal(rounding.totalTo);
  const decimals = currencyExponent(currency);
  const isMultiple = scale <= decimals || units % powerOfTen(scale - decimals) === 0n;
  return isMultiple
    ? []
    : [
        detail(
          '/rounding/totalTo',
          `Amounts in ${currency} have ${decimals} decimals: a total cannot be a multiple of this.`,
        ),
      ];
}

function loadFactorsWithoutDemand({ components }: Pick<TariffVersion, 'components'>): ErrorDetail[] {
  if (components.some(isDemandInKw)) return [];
  return components.flatMap(({ when }, i) =>
    when?.aboveLoadFactor === undefined && when?.upToLoadFactor === undefined
      ? []
      : [detail(`/components/${i}/when`, 'A load factor needs a component of demand in kW.')],
  );
}

/** What would be passed over without a word. */
function fieldsOfAnotherUnit({ components }: Pick<TariffVersion, 'components'>): ErrorDetail[] {
  return components.flatMap((component, i) => {
    if (component.kind !== 'demand') return [];
    const unit = unitOf(component);
    const other = unit === 'kVA' ? 'minimumKw' : 'minimumKva';
    const isCounted = unit === 'kVA' && component.source !== 'register';
    return [
      ...(component[other] === undefined
        ? []
        : [detail(`/components/${i}/${other}`, `The demand is in ${unit}, and so is the least of it.`)]),
      ...(component.apparentEnergy === undefined || isCounted
        ? []
        : [detail(`/components/${i}/apparentEnergy`, 'Apparent energy is of demands in kVA by intervals.')]),
    ];
  });
}

function seasonsThatAreMissing({ timeOfUse }: Pick<TariffVersion, 'timeOfUse'>): ErrorDetail[] {
  const seasons = new Set(timeOfUse?.seasons.map(({ name }) => name));
  return (timeOfUse?.windows ?? []).flatMap(({ season }, i) =>
    season === undefined || seasons.has(season)
      ? []
      : [detail(`/timeOfUse/windows/${i}/season`, `There is no season "${season}".`)],
  );
}
