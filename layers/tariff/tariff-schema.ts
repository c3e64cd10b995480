/**
 * A tariff as data: everything a regulator's price sheet says, so that a new tariff is a document and never code. Prices and
 * limits are decimal texts; months are calendar months of the tenant's time zone; dates are local.
 */
import * as z from 'zod/mini';
import { fieldMessage } from '../kernel/i18n/field-message.ts';
import { currency } from '../money/money-schema.ts';
import { roundingModes } from '../money/rounding.ts';

/** Not the 30th of February, nor a thirteenth month, which no `Date` can be made of. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const decimal = () =>
  z
    .string()
    .check(
      z.regex(
        /^\d{1,12}(\.\d{1,8})?$/,
        fieldMessage('Not a decimal such as "0.0375".', 'ليس عددًا عشريًا مثل "0.0375".'),
      ),
    );
const code = () =>
  z
    .string()
    .check(
      z.regex(
        /^[a-z][a-z0-9_-]{0,39}$/,
        fieldMessage('Use small letters, digits, "-" and "_".', 'استخدم حروفًا لاتينية صغيرة وأرقامًا و"-" و"_".'),
      ),
    );
const label = () =>
  z.object({
    en: z.string().check(z.minLength(1), z.maxLength(120)),
    ar: z.string().check(z.minLength(1), z.maxLength(120)),
  });
export const localDate = () =>
  z
    .string()
    .check(
      z.refine(
        (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text),
        fieldMessage('Not a date such as "2026-01-31".', 'ليس تاريخًا مثل "2026-01-31".'),
      ),
    );
const monthDay = () =>
  z
    .string()
    .check(
      z.regex(
        /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
        fieldMessage('Not a day such as "06-15".', 'ليس يومًا مثل "06-15".'),
      ),
    );
const clockTime = () =>
  z
    .string()
    .check(
      z.regex(
        /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
        fieldMessage('Not a time such as "17:30".', 'ليس وقتًا مثل "17:30".'),
      ),
    );

export const dayKinds = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday', 'critical'] as const;

const timeOfUseSchema = z.object({
  /** Bucket of every moment no window names. */
  defaultBucket: code(),
  seasons: z._default(z.array(z.object({ name: code(), from: monthDay(), to: monthDay() })).check(z.maxLength(6)), []),
  /** Dates (`2026-09-26`) or days of every year (`05-01`) that count as `holiday` and as no weekday. */
  holidays: z._default(z.array(z.union([localDate(), monthDay()])).check(z.maxLength(200)), []),
  /** Dates that were called as critical: besides their own kind of day they fit windows of `critical`. */
  criticalDays: z.optional(z.array(localDate()).check(z.maxLength(100))),
  /** The first window that fits a moment wins. */
  windows: z
    .array(
      z.object({
        bucket: code(),
        /** @default every season */
        season: z.optional(code()),
        days: z.array(z.enum(dayKinds)).check(z.minLength(1)),
        from: clockTime(),
        /** Exclusive; a time before `from` reaches into the next day. */
        to: clockTime(),
      }),
    )
    .check(z.maxLength(48)),
  /**
   * Registers of the meter (IEC 62056-6-1) that count what a bucket uses, by the calendar in the meter. With them the meter's
   * word counts; windows divide only what was estimated or is asked in a what-if.
   */
  registers: z.optional(
    z
      .array(
        z.object({
          bucket: code(),
          obis: z
            .string()
            .check(
              z.regex(
                /^1\.8\.[1-9]$/,
                fieldMessage('Not a rate register such as "1.8.1".', 'ليس سجل تعرفة مثل "1.8.1".'),
              ),
            ),
        }),
      )
      .check(z.minLength(1), z.maxLength(9)),
  ),
});

/** `upTo`: kWh a month (inclusive); the last block has none. */
const blocks = () =>
  z.array(z.object({ upTo: z.optional(decimal()), rate: decimal() })).check(
    z.minLength(1),
    z.maxLength(20),
    z.refine(
      (list) =>
        list.every(({ upTo }, i) =>
          i === list.length - 1
            ? upTo === undefined
            : upTo !== undefined && (i === 0 || Number(upTo) > Number(list[i - 1]!.upTo)),
        ),
      fieldMessage('Blocks rise, and the last one has no upper limit.', 'تتصاعد الشرائح، وآخرها بلا حد أعلى.'),
    ),
  );

/** Days of every year, both inclusive; a range that ends before it begins goes over the new year. */
const yearlyDays = () => z.array(z.object({ from: monthDay(), to: monthDay() })).check(z.minLength(1), z.maxLength(6));

const isRange = (above: string | undefined, upTo: string | undefined): boolean =>
  above === undefined || upTo === undefined || Number(above) < Number(upTo);

/** Which supplies and consumptions a component is for; all that is said must fit. */
const conditionSchema = z
  .object({
    /** kWh a month of the whole bill, less what is set off: more than, and at most. */
    aboveKwh: z.optional(decimal()),
    upToKwh: z.optional(decimal()),
    /** These limits grow with the dwellings behind one meter. */
    perDwelling: z.optional(z.boolean()),
    /** Connected load or breaker: more than, and at most. */
    aboveConnectedKw: z.optional(decimal()),
    upToConnectedKw: z.optional(decimal()),
    phases: z.optional(z.literal([1, 3])),
    /** kWh of the bill by what its highest demand would have come to over all its hours, e.g. `0.6`: more than, and at most. */
    aboveLoadFactor: z.optional(decimal()),
    upToLoadFactor: z.optional(decimal()),
  })
  .check(
    z.refine(
      ({ aboveKwh, upToKwh, aboveConnectedKw, upToConnectedKw, aboveLoadFactor, upToLoadFactor }) =>
        isRange(aboveKwh, upToKwh) &&
        isRange(aboveConnectedKw, upToConnectedKw) &&
        isRange(aboveLoadFactor, upToLoadFactor),
      fieldMessage('The lower limit is not below the upper one.', 'الحد الأدنى ليس دون الحد الأعلى.'),
    ),
  );

const base = {
  code: code(),
  label: label(),
  /** @default all year */
  during: z.optional(yearlyDays()),
  /** @default every supply */
  when: z.optional(conditionSchema),
};

const componentSchema = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('energy'),
    /** @default the energy of all buckets together */
    bucket: z.optional(code()),
    blocks: blocks(),
    /** `incremental`: each block prices what falls into it. `whole`: the block reached prices everything. */
    blockRule: z._default(z.enum(['incremental', 'whole']), 'incremental'),
    /** Blocks grow with the dwellings behind one meter. */
    perDwelling: z._default(z.boolean(), false),
  }),
  z.object({
    ...base,
    kind: z.literal('fixed'),
    amount: decimal(),
    per: z._default(z.enum(['month', 'day', 'bill']), 'month'),
    /** What the amount is multiplied with. */
    times: z._default(
      z.enum(['connection', 'connected_kw', 'contracted_kw', 'contracted_kva', 'phase', 'dwelling']),
      'connection',
    ),
  }),
  z.object({
    ...base,
    kind: z.literal('demand'),
    /**
     * `kVA`: apparent power, √(kWh² + kvarh²) of each window by its hours. Limits, contract and peaks are of the unit.
     * @default kW
     */
    unit: z.optional(z.enum(['kW', 'kVA'])),
    /** Of kVA by intervals: `register` takes the kVAh that the meter counted (9.8.0) in place of the root. @default root */
    apparentEnergy: z.optional(z.enum(['root', 'register'])),
    /** Per kW, or kVA, and month. */
    rate: decimal(),
    intervalMinutes: z._default(z.literal([15, 30, 60]), 15),
    /** Rolling windows move by the metering interval; fixed ones begin with the clock's quarter or half hour. */
    window: z._default(z.enum(['rolling', 'fixed']), 'rolling'),
    bucket: z.optional(code()),
    /** `register`: what the meter itself registered since it was reset (1.6.0; of kVA 9.6.0). @default intervals */
    source: z.optional(z.enum(['intervals', 'register'])),
    minimumKw: z.optional(decimal()),
    minimumKva: z.optional(decimal()),
    /** Not less than this share of the highest demand of the eleven months before. */
    ratchetPercent: z.optional(decimal()),
    /** Not less than this share of the contracted demand. */
    contractedPercent: z.optional(decimal()),
    /** Per kW, or kVA, above the contracted demand, besides `rate`. */
    excessRate: z.optional(decimal()),
  }),
  z.object({
    ...base,
    kind: z.literal('reactive'),
    /** Per kvarh above the free share. */
    rate: decimal(),
    /** kvarh that are free, in percent of the kWh. */
    freePercent: z._default(decimal(), '0'),
  }),
  z.object({
    ...base,
    kind: z.literal('power_factor'),
    of: z.array(code()).check(z.minLength(1)),
    /** Falling limits; each hundredth below a limit, down to the next one, adds its percent. */
    penalties: z
      .array(z.object({ below: decimal(), percentPerHundredth: decimal() }))
      .check(z.minLength(1), z.maxLength(6)),
    bonus: z.optional(z.object({ above: decimal(), percentPerHundredth: decimal() })),
  }),
  z.object({ ...base, kind: z.literal('minimum'), of: z.array(code()).check(z.minLength(1)), amount: decimal() }),
  z.object({
    ...base,
    kind: z.literal('subsidy'),
    /** Only bills of at most so many kWh a month. */
    onlyUpToKwh: z.optional(decimal()),
    /** At most this amount a month. */
    atMost: z.optional(decimal()),
    benefit: z.discriminatedUnion('type', [
      /** Per kWh, of at most so many kWh a month. */
      z.object({ type: z.literal('per_kwh'), rate: decimal(), upToKwh: z.optional(decimal()) }),
      z.object({ type: z.literal('percent'), percent: decimal(), of: z.array(code()).check(z.minLength(1)) }),
      z.object({ type: z.literal('amount'), amount: decimal() }),
    ]),
  }),
  z.object({
    ...base,
    kind: z.literal('tax'),
    percent: decimal(),
    /** @default every line before that is no tax */
    of: z.optional(z.array(code()).check(z.minLength(1))),
    /** Whether taxes before this one are taxed too. */
    onTaxes: z._default(z.boolean(), false),
  }),
]);

const exportSchema = z.discriminatedUnion('mode', [
  /** Energy fed in is set off against energy taken of the same bucket; what is left is kept as kWh for later bills. */
  z.object({
    mode: z.literal('net_energy'),
    /** Per kWh that no later bill can use; at nothing it expires. */
    settlementRate: z._default(decimal(), '0'),
    /** Month (1 to 12, local) with whose end what is left is settled each year. @default only with the supply's or the tariff's end */
    settledIn: z.optional(z.int().check(z.minimum(1), z.maximum(12))),
  }),
  /** Energy taken is paid in full, energy fed in is credited at its own price. */
  z.object({
    mode: z.literal('net_billing'),
    code: code(),
    label: label(),
    rates: z
      .array(
        z.object({
          bucket: z.optional(code()),
          rate: decimal(),
          /** Prices of what is fed in beyond so many kWh a month; rising. @default `rate` for all of it */
          beyond: z.optional(
            z.array(z.object({ kwh: decimal(), rate: decimal() })).check(
              z.minLength(1),
              z.maxLength(10),
              z.refine(
                (list) => list.every(({ kwh }, i) => i === 0 || Number(kwh) > Number(list[i - 1]!.kwh)),
                fieldMessage('The limits rise.', 'تتصاعد الحدود.'),
              ),
            ),
          ),
        }),
      )
      .check(z.minLength(1)),
  }),
]);

export const tariffVersionSchema = z.object({
  /** First local day it holds. */
  from: localDate(),
  /** First local day it no longer holds. */
  to: z.optional(localDate()),
  currency: currency(),
  timeOfUse: z.optional(timeOfUseSchema),
  components: z.array(componentSchema).check(z.minLength(1), z.maxLength(40)),
  export: z.optional(exportSchema),
  /** What a month is when a period is longer or shorter than one. */
  proration: z._default(z.enum(['calendar_month', 'thirty_days', 'billing_period', 'none']), 'calendar_month'),
  rounding: z._default(
    z.object({
      /** Decimals of billed kWh; the difference is not lost: it is in the next reading. */
      energyDecimals: z._default(z.int().check(z.minimum(0), z.maximum(6)), 3),
      lines: z._default(z.enum(roundingModes), 'half-up'),
      /** The total becomes a multiple of this, e.g. `"5"` YER. */
      totalTo: z.optional(decimal()),
      total: z._default(z.enum(roundingModes), 'half-up'),
    }),
    { energyDecimals: 3, lines: 'half-up', total: 'half-up' },
  ),
});

export type TariffVersion = z.infer<typeof tariffVersionSchema>;
export type Component = z.infer<typeof componentSchema>;
export type ComponentOf<K extends Component['kind']> = Extract<Component, { kind: K }>;
export type YearlyDays = z.infer<ReturnType<typeof yearlyDays>>;
export type TimeOfUse = z.infer<typeof timeOfUseSchema>;
export type BilingualLabel = z.infer<ReturnType<typeof label>>;
