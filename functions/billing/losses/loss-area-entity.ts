/** How areas of an energy balance are stored, and where each meter was counted when: one row a meter, so that none counts twice. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';

export const daySpanSchema = z.object({
  /** First local day. */
  from: localDate(),
  /** First local day it no longer holds. */
  to: z.optional(localDate()),
});
export type DaySpan = z.infer<typeof daySpanSchema>;

const unmeteredLoadSchema = z.extend(daySpanSchema, {
  name: label(60),
  /** As it is estimated, e.g. lamps times their power times the hours they burn. */
  kwhPerDay: z
    .string()
    .check(z.regex(/^\d{1,7}(\.\d{1,3})?$/, fieldMessage('Not an energy such as "120.5".', 'ليست طاقة مثل "120.5".'))),
});
export type UnmeteredLoad = z.infer<typeof unmeteredLoadSchema>;

export const createLossAreaSchema = z.strictObject({
  name: label(100),
  kind: z.enum(['feeder', 'transformer']),
  /** The feeder a transformer hangs on: its report counts the transformer's meters too. */
  parentId: z.optional(generatedId('lar')),
  /** Element of the network; the meters placed on it and below it are the area's, and none are listed by hand. */
  networkElementId: z.optional(externalId()),
  /** Meters through which energy enters, with the days they did. */
  inputMeters: z._default(z.array(z.extend(daySpanSchema, { meterId: externalId() })).check(z.maxLength(20)), []),
  /**
   * Points of stations where energy enters, with the days they told it: counters of energy (unit Wh, kWh, MWh or GWh), or
   * measurements of power (W, kW, MW or GW) that are integrated. `returned` for one that counts what flows back out; of power it
   * says which way positive values flow, and negative ones the other.
   */
  inputPoints: z.optional(
    z
      .array(
        z.extend(daySpanSchema, {
          pointId: externalId(),
          counts: z._default(z.enum(['input', 'returned']), 'input'),
          measures: z._default(z.enum(['energy', 'power']), 'energy'),
          /** Of power: gaps up to so many minutes are filled by a straight line; days with longer ones are not known. @default 15 */
          bridgeMinutes: z.optional(z.int().check(z.gte(0), z.lte(1440))),
          /** Where the counter begins again from zero, e.g. 4294967.296 of one with 32 bits that counts Wh. */
          rollsOverAtKwh: z.optional(z.number().check(z.gte(1), z.lte(1_000_000_000))),
        }),
      )
      .check(z.maxLength(20)),
  ),
  /** What is taken without a meter, and known: street lighting, a substation's own use. It is not lost. */
  unmeteredLoads: z.optional(z.array(unmeteredLoadSchema).check(z.maxLength(20))),
  /** Losses that lines and transformers explain, in percent of the energy that enters. */
  technicalLossPercent: z._default(
    z
      .string()
      .check(
        z.regex(
          /^\d{1,2}(\.\d{1,4})?$/,
          fieldMessage('Not a percentage such as "4.5", below 100.', 'ليست نسبة مئوية مثل "4.5" أقل من 100.'),
        ),
      ),
    '0',
  ),
});

export const lossAreaSchema = z.extend(z.object(createLossAreaSchema.shape), { id: z.string() });
export type LossArea = z.infer<typeof lossAreaSchema>;

export const lossAreas: KeyParts = ['LOSS-AREAS'];
export const lossAreasIn = (parentId: string): KeyParts => ['LOSS-AREAS-IN', parentId];

export const lossAreaEntity = defineEntity<LossArea>()({
  name: 'loss area',
  table: 'billing',
  key: ({ id }) => ({ pk: ['LOSS-AREA', id], sk: ['LOSS-AREA'] }),
  indexes: {
    gsi1: ({ name, id }) => ({ pk: lossAreas, sk: [name, id] }),
    gsi2: ({ parentId, name, id }) =>
      parentId === undefined ? undefined : { pk: lossAreasIn(parentId), sk: [name, id] },
  },
  idOf: ({ id }) => id,
});

/** In which areas a meter's consumption was counted: in one on any day. */
export interface LossPlace {
  meterId: string;
  /** In order of time, never overlapping. */
  spans: (DaySpan & { areaId: string })[];
}

export const lossPlaceEntity = defineEntity<LossPlace, { meterId: string }>()({
  name: 'loss areas of the meter',
  table: 'billing',
  key: ({ meterId }) => ({ pk: ['LOSS-PLACE', meterId], sk: ['LOSS-PLACE'] }),
  idOf: ({ meterId }) => meterId,
});

/** That a meter has days in an area; which ones is in the meter's own row. */
export interface LossMember {
  areaId: string;
  meterId: string;
}

export const membersOf = (areaId: string): KeyParts => ['LOSS-AREA-METERS', areaId];

export const lossMemberEntity = defineEntity<LossMember, LossMember>()({
  name: 'meter of the loss area',
  table: 'billing',
  key: ({ areaId, meterId }) => ({ pk: membersOf(areaId), sk: [meterId] }),
  idOf: ({ meterId }) => meterId,
});
