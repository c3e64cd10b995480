/** What the portal says of a customer's consumption; decimal kilowatt-hours, null where nothing is known. */
import * as z from 'zod/mini';
import { utcTime } from '../../../layers/kernel/schema/common.ts';

const kwh = z.nullable(z.string());

export const consumptionSchema = z.object({
  meterId: z.string(),
  interval: z.enum(['hour', 'day', 'month']),
  buckets: z.array(
    z.object({
      start: utcTime(),
      end: utcTime(),
      consumptionKwh: kwh,
      /** The same time of the year before. */
      yearBeforeKwh: kwh,
      estimated: z.boolean(),
    }),
  ),
  totalKwh: kwh,
  yearBeforeKwh: kwh,
  /** As many days before the first. */
  previousPeriod: z.object({ from: z.string(), to: z.string(), totalKwh: kwh }),
});

export const neighboursSchema = z.object({
  month: z.string(),
  ownKwh: kwh,
  /** Whole kilowatt-hours. */
  neighboursKwh: kwh,
  /** How many customers the average is of, the own one among them; null where there are too few. */
  customers: z.nullable(z.int()),
});
