/** Routes of recorded values. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, queryInteger, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { qualityRules } from '../../../layers/scada/aggregate.ts';
import { windowNames } from '../../../layers/scada/windows.ts';
import { readingSchema } from '../values/reading-schemas.ts';

/** Points one question may ask for. */
const maxPoints = 20;

const pointIds = z
  .pipe(
    z.string().check(z.maxLength(65 * maxPoints)),
    z.transform((text: string) => [...new Set(text.split(',').map((id) => id.trim()))]),
  )
  .check(
    z.refine(
      (ids) => ids.length <= maxPoints && ids.every((id) => externalId().safeParse(id).success),
      fieldMessage(
        `Name 1 to ${maxPoints} points, separated by commas.`,
        `اذكر من 1 إلى ${maxPoints} نقطة تفصلها فواصل.`,
      ),
    ),
  );

const series = {
  pointId: z.string(),
  deviceId: z.string(),
  stationId: z.string(),
  name: z.string(),
  unit: z.nullable(z.string()),
};
const number = z.nullable(z.number());

export const readings = defineResource({
  name: 'readings',
  base: '/api/scada/readings',
  title: 'Recorded values',
  routes: {
    listReadingHistory: {
      method: 'GET',
      path: '/history',
      access: 'scada:readings:read',
      summary: 'Recorded values of points, in order of time.',
      description:
        'Each value once, with its own time and quality, also those that arrived late. A series that goes on carries `nextFrom`: ask again from there.',
      query: z.object({
        pointIds,
        from: timestamp(),
        /** Exclusive. @default now */
        to: z.optional(timestamp()),
        /** Values of each point. */
        limit: z._default(queryInteger(1, 10_000), 1_000),
      }),
      response: z.array(z.object({ ...series, values: z.array(readingSchema), nextFrom: z.nullable(utcTime()) })),
      errors: ['not_found', 'unprocessable'],
    },
    aggregateReadings: {
      method: 'GET',
      path: '/aggregate',
      access: 'scada:readings:read',
      summary: 'Least, greatest, mean, last and number of values of points, by windows of time.',
      description:
        'Windows follow the tenant’s clocks unless `timeZone` says otherwise: days have 23 or 25 hours where clocks change. `mean` is of the values that came, `timeWeightedMean` of the time they held: points report by exception, so the second is the mean of the quantity. By default only values of good quality count; the others are in `excluded`. Ask for shorter periods if the answer says there are too many values.',
      query: z.object({
        pointIds,
        from: timestamp(),
        /** Exclusive. @default now */
        to: z.optional(timestamp()),
        window: z._default(z.enum(windowNames), 'hour'),
        quality: z._default(z.enum(qualityRules), 'good'),
        timeZone: z.optional(z.string().check(z.maxLength(64))),
      }),
      response: z.array(
        z.object({
          ...series,
          windows: z.array(
            z.object({
              from: utcTime(),
              to: utcTime(),
              count: z.int(),
              excluded: z.int(),
              min: number,
              max: number,
              mean: number,
              timeWeightedMean: number,
              last: z.nullable(readingSchema),
            }),
          ),
        }),
      ),
      errors: ['not_found', 'unprocessable'],
    },
  },
});
