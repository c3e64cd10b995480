/** The record of firmware: which versions of which model there are, with their checksums, and what is rolled out to whom. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';

export const firmwareBucket = 'device-firmware';
const maxFirmwareBytes = 64 * 1024 * 1024;

/** `draft` until its file is there and right; `withdrawn` goes to no device any more. */
export const firmwareStatuses = ['draft', 'released', 'withdrawn'] as const;

export const createFirmwareSchema = z.object({
  model: label(60),
  /** As devices report it. */
  firmwareVersion: externalId(),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/, fieldMessage('64 hexadecimal digits.', '64 رقمًا ست عشريًا.'))),
  sizeBytes: z.int().check(z.gte(1), z.lte(maxFirmwareBytes)),
  notes: z.optional(label(2000)),
});

export const firmwareSchema = z.extend(createFirmwareSchema, {
  id: z.string(),
  status: z.enum(firmwareStatuses),
  releasedAt: z.optional(utcTime()),
});
export type Firmware = z.infer<typeof firmwareSchema>;

export const firmwareEntity = defineEntity<Firmware>()({
  name: 'firmware',
  table: 'metering',
  key: ({ id }) => ({ pk: ['FIRMWARE', id], sk: ['FIRMWARE'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['FIRMWARES'], sk: [id] }) },
  idOf: ({ id }) => id,
});

/** A version of a model is made once: devices know it by nothing else. */
export const firmwareVersionEntity = defineEntity<
  { model: string; firmwareVersion: string; firmwareId: string },
  { model: string; firmwareVersion: string }
>()({
  name: 'firmware version',
  table: 'metering',
  key: ({ model, firmwareVersion }) => ({ pk: ['FIRMWARE-OF', model, firmwareVersion], sk: ['FIRMWARE-OF'] }),
  idOf: ({ model, firmwareVersion }) => `${model} ${firmwareVersion}`,
});

export const rolloutStatuses = ['running', 'paused', 'cancelled'] as const;

const percent = () => z.int().check(z.gte(0), z.lte(100));
export const createRolloutSchema = z.object({
  firmwareId: generatedId('fwr'),
  /** Only devices of this group. */
  group: z.optional(externalId()),
  /** Share of the devices it is meant for; the same ones stay in when it grows. */
  percent: z._default(percent(), 100),
  /** It pauses by itself when more than this share of the ended updates failed … */
  maxFailurePercent: z._default(percent(), 20),
  /** … of at least so many. */
  minEnded: z._default(z.int().check(z.gte(1), z.lte(1000)), 5),
});

export const rolloutSchema = z.extend(createRolloutSchema, {
  id: z.string(),
  model: z.string(),
  firmwareVersion: z.string(),
  percent: z.int(),
  maxFailurePercent: z.int(),
  minEnded: z.int(),
  status: z.enum(rolloutStatuses),
  pausedFor: z.optional(z.enum(['person', 'failures'])),
  /** Failed updates that a person knew of who let it go on: it pauses by itself when there are more. */
  acceptedFailures: z.optional(z.int()),
});
export type Rollout = z.infer<typeof rolloutSchema>;

export const rolloutEntity = defineEntity<Rollout>()({
  name: 'rollout',
  table: 'metering',
  key: ({ id }) => ({ pk: ['ROLLOUT', id], sk: ['ROLLOUT'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: ['ROLLOUTS'], sk: [id] }),
    gsi2: ({ id, model, status }) => (status === 'running' ? { pk: ['ROLLOUTS-OF', model], sk: [id] } : undefined),
  },
  idOf: ({ id }) => id,
});

export interface RolloutCounts {
  rolloutId: string;
  installed?: number;
  failed?: number;
}
export const rolloutCountsEntity = defineEntity<RolloutCounts, Pick<RolloutCounts, 'rolloutId'>>()({
  name: 'rollout counts',
  table: 'metering',
  key: ({ rolloutId }) => ({ pk: ['ROLLOUT', rolloutId], sk: ['COUNTS'] }),
  idOf: ({ rolloutId }) => rolloutId,
});

/** How the update of one device ended: counted once. */
export const rolloutDeviceSchema = z.object({
  rolloutId: z.string(),
  deviceId: z.string(),
  outcome: z.enum(['installed', 'failed']),
  error: z.optional(z.string()),
  at: utcTime(),
});
export type RolloutDevice = z.infer<typeof rolloutDeviceSchema>;

export const rolloutDeviceEntity = defineEntity<RolloutDevice, Pick<RolloutDevice, 'rolloutId' | 'deviceId'>>()({
  name: 'rollout device',
  table: 'metering',
  key: ({ rolloutId, deviceId }) => ({ pk: ['ROLLOUT', rolloutId], sk: ['DEVICE', deviceId] }),
  idOf: ({ deviceId }) => deviceId,
});
