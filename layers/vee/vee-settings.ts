/** Limits of validation and choices of estimation, for each class of customers. The defaults are the field's usual ones. */
import * as z from 'zod/mini';
import { estimationMethods } from './series.ts';

const units = () => z.int().check(z.minimum(0));
const percent = (max: number) => z.int().check(z.minimum(0), z.maximum(max));
const severity = (usual: 'fail' | 'warn') => z._default(z.enum(['fail', 'warn']), usual);
const withDefaults = <S extends z.core.SomeType>(schema: S) => z.prefault(schema, {} as never);

export const veeSettingsSchema = z.object({
  spike: withDefaults(
    z.object({
      /** Above the third highest interval. Uniform Business Practices: 180. */
      percentAboveThird: z._default(percent(10_000), 180),
      /** Small users are jumpy: a kettle is no error. */
      ignoreBelowUnits: z._default(units(), 2_000_000),
    }),
  ),
  sum: withDefaults(
    z.object({
      toleranceUnits: z._default(units(), 1_000_000),
      tolerancePermille: z._default(percent(1000), 10),
      /** A lost message is no wrong register. */
      severity: severity('warn'),
    }),
  ),
  history: withDefaults(
    z.object({
      lowPercent: z._default(percent(100), 50),
      highPercent: z._default(percent(10_000), 200),
      leastPeriods: z._default(z.int().check(z.minimum(1), z.maximum(36)), 1),
      ignoreBelowUnits: z._default(units(), 30_000_000),
      severity: severity('warn'),
    }),
  ),
  zero: withDefaults(
    z.object({ afterDays: z._default(z.int().check(z.minimum(1), z.maximum(366)), 30), severity: severity('warn') }),
  ),
  clock: withDefaults(
    z.object({
      toleranceSeconds: z._default(z.int().check(z.minimum(1), z.maximum(86_400)), 180),
      /** Of a clock that is off by an interval or more. */
      severity: severity('warn'),
    }),
  ),
  /** Two readings of one moment: the one that contradicts the others is left out in any case. */
  overlap: withDefaults(z.object({ severity: severity('warn') })),
  /**
   * Phases against the total, rates against the total. Bills stand on the total, which is what is calibrated: a part that was
   * given the wrong scale would otherwise stop every bill of its model. Rates that are billed by their own registers always fail.
   */
  registerSum: withDefaults(
    z.object({
      toleranceUnits: z._default(units(), 1_000_000),
      tolerancePermille: z._default(percent(1000), 10),
      severity: severity('warn'),
    }),
  ),
  rollOver: withDefaults(z.object({ severity: severity('warn') })),
  gap: withDefaults(
    z.object({
      /** In a longer silence of the meter the register tells how much was used, and not when: where prices depend on it, the shape is estimated. */
      longestMinutes: z._default(z.int().check(z.minimum(15), z.maximum(44_640)), 2880),
    }),
  ),
  disconnected: withDefaults(z.object({ ignoreBelowUnits: z._default(units(), 100_000) })),
  estimation: withDefaults(
    z.object({
      /** A gap this short is a straight line between its neighbours. */
      interpolateUpToMinutes: z._default(z.int().check(z.minimum(0), z.maximum(1440)), 120),
      /** Days of the same kind that a profile is the mean of. */
      likeDays: z._default(z.int().check(z.minimum(1), z.maximum(10)), 3),
      /** Tried in this order; the first that has what it needs is used. */
      order: z._default(z.array(z.enum(estimationMethods)).check(z.minLength(1), z.maxLength(5)), [
        ...estimationMethods,
      ]),
      /** What such a customer uses a day: for who has no readings and no earlier bills. @default unknown, then it is not billed */
      classUnitsPerDay: z.optional(units()),
      /** Longer stretches are not estimated: somebody has to read the meter. */
      longestDays: z._default(z.int().check(z.minimum(1), z.maximum(400)), 92),
    }),
  ),
});

export type VeeSettings = z.infer<typeof veeSettingsSchema>;

export const usualSettings: VeeSettings = veeSettingsSchema.parse({});

const { shape } = veeSettingsSchema;

/** What one class has otherwise: a group that is given replaces the general one whole, the others stay. */
export const veeOverridesSchema = z.object({
  spike: z.optional(shape.spike.def.innerType),
  sum: z.optional(shape.sum.def.innerType),
  history: z.optional(shape.history.def.innerType),
  zero: z.optional(shape.zero.def.innerType),
  clock: z.optional(shape.clock.def.innerType),
  overlap: z.optional(shape.overlap.def.innerType),
  registerSum: z.optional(shape.registerSum.def.innerType),
  rollOver: z.optional(shape.rollOver.def.innerType),
  gap: z.optional(shape.gap.def.innerType),
  disconnected: z.optional(shape.disconnected.def.innerType),
  estimation: z.optional(shape.estimation.def.innerType),
});
export type VeeOverrides = z.infer<typeof veeOverridesSchema>;
