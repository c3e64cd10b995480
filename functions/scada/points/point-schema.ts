/** What is known of a data point: the documented columns, what a gateway needs beside them, and what its values mean to the platform. */
import * as z from 'zod/mini';
import { fieldText } from '../../../layers/kernel/i18n/field-message.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { qualities } from '../../../layers/station/point-value.ts';
import { derivedPointSchema, pointSchema as measuredPoint } from '../../../layers/station/station-configuration.ts';

/**
 * What a point says of the network or an asset; the platform publishes accordingly.
 * - `switch_position`: true, 1 or `on` is closed; changes become `network.switch_changed`
 * - `supply`: whether there is voltage; becomes `network.outage` and `network.restored`
 * - `feeder_load`, `transformer_load`: high alarms become `network.overload`
 * - `transformer_temperature`, `fault`: alarms become `asset.fault_detected`
 * - `asset_reading`: values become `asset.reading_received`
 */
export const pointRoles = [
  'switch_position',
  'supply',
  'feeder_load',
  'transformer_load',
  'transformer_temperature',
  'fault',
  'asset_reading',
] as const;
export type PointRole = (typeof pointRoles)[number];

const { address, dataType } = measuredPoint.shape;

const pointFields = z.extend(z.omit(measuredPoint, { address: true, dataType: true }), {
  id: externalId(),
  name: label(100),
  description: z.optional(label(500)),
  deviceId: externalId(),
  /** Where the device has it; left out for a point with an expression. */
  address: z.optional(address),
  dataType: z.optional(dataType),
  /** Computed at the station from other points, e.g. `[M1.voltage] * [M1.current] / 1000`. */
  expression: z.optional(derivedPointSchema.shape.expression),
  isActive: z._default(z.boolean(), true),
  role: z.optional(z.enum(pointRoles)),
  /** The switch, feeder or transformer of the topology that the role speaks of. */
  networkElementId: z.optional(externalId()),
  /** Whether a second person must approve its commands; `tenant` is as the settings of the tenant say. */
  approval: z._default(z.enum(['tenant', 'none', 'two_person']), 'tenant'),
});

export const pointSchema = z.extend(pointFields, { stationId: externalId() });
export type Point = z.infer<typeof pointSchema>;

/** A point as it must be as a whole, before and after any change. */
export const wholePoint = pointFields.check(
  z.refine(
    ({ address: at, dataType: type, expression }) =>
      expression === undefined ? at !== undefined && type !== undefined : at === undefined && type === undefined,
    {
      error: () =>
        fieldText(
          'Give address and dataType, or an expression instead of both.',
          'حدّد العنوان ونوع البيانات، أو تعبيرًا بدلًا منهما.',
        ),
      path: ['address'],
    },
  ),
);

export const createPointSchema = z.extend(pointFields, { id: z.optional(externalId()) });
export const updatePointSchema = changesOf(pointFields, { fixed: ['id', 'deviceId'], removable: true });

/** A stored point as answered: with the documented columns that come from elsewhere. */
export const pointAnswer = z.extend(pointSchema, {
  protocolId: z.nullable(z.string()),
  lastValue: z.nullable(z.union([z.number(), z.boolean(), z.string()])),
  lastQuality: z.nullable(z.enum(qualities)),
  lastTimestamp: z.nullable(utcTime()),
  version: z.int(),
  createdAt: utcTime(),
  updatedAt: utcTime(),
});
