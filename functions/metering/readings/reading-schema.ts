/** Readings as answers and requests show them: kilowatt-hours as decimal text, times in UTC. */

import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import type { EditMark } from '../../../layers/metering/reading-edits.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { rejectionReasonNames } from '../../../layers/metering/rejection-reasons.ts';
import type { MeterReading } from './readings-store.ts';

export const readingSchema = z.object({
  meterId: z.string(),
  time: utcTime(),
  /** Cumulative register of energy drawn. */
  registerKwh: z.string(),
  voltage: z.optional(z.number()),
  current: z.optional(z.number()),
  powerFactor: z.optional(z.number()),
  powerKw: z.optional(z.number()),
  frequency: z.optional(z.number()),
  /** Cumulative register of energy fed in. */
  exportRegisterKwh: z.optional(z.string()),
  /** What the device itself counted since its last message; kept for comparison, never billed. */
  reportedConsumptionKwh: z.optional(z.number()),
  /** Further registers by OBIS code. */
  registers: z.optional(z.record(z.string(), z.string())),
  source: z.enum(['mqtt', 'api', 'manual', 'mobile']),
  receivedAt: utcTime(),
  /** The message or request it came with, and the MQTT topic; the same for every reading of one message. */
  messageId: z.optional(z.string()),
  topic: z.optional(z.string()),
  /** What a person decided about it; a rejected one counts for nothing. */
  edit: z.optional(
    z.object({
      editId: z.string(),
      action: z.enum(['corrected', 'rejected', 'added', 'restored']),
      /** The register as it arrived. */
      arrivedKwh: z.optional(z.string()),
    }),
  ),
});
export type Reading = z.infer<typeof readingSchema>;

/** The MQTT topic a reading came over. @param via `{station}/{device}` */
export const topicOf = (via: string): string => `acrel/${via.replace('/', '/meter/')}/data`;

export function toReading(meterId: string, stored: MeterReading): Reading {
  const { timeMs, register, exportRegister, registers, receivedMs, via, edit, ...measured } = stored;
  return {
    meterId,
    time: isoTime(timeMs),
    registerKwh: fromUnits(register),
    ...measured,
    ...(exportRegister === undefined ? {} : { exportRegisterKwh: fromUnits(exportRegister) }),
    ...(registers === undefined
      ? {}
      : { registers: Object.fromEntries(Object.entries(registers).map(([code, units]) => [code, fromUnits(units)])) }),
    receivedAt: isoTime(receivedMs),
    ...(via === undefined ? {} : { topic: topicOf(via) }),
    ...(edit === undefined ? {} : { edit: showEdit(edit) }),
  };
}

const showEdit = ({ editId, action, arrived }: EditMark) => ({
  editId,
  action,
  ...(arrived === undefined ? {} : { arrivedKwh: fromUnits(arrived) }),
});

const kwh = () =>
  z.union([
    z.number(),
    z.string().check(z.regex(/^\d{1,9}(\.\d{1,6})?$/, fieldMessage('Not a register value.', 'ليست قراءة عداد.'))),
  ]);

/** A reading that a person or another system hands in. What is plausible is judged as for any meter, reading by reading. */
const newReadingSchema = z.object({
  time: timestamp(),
  registerKwh: kwh(),
  voltage: z.optional(z.number()),
  current: z.optional(z.number()),
  powerFactor: z.optional(z.number()),
  powerKw: z.optional(z.number()),
  frequency: z.optional(z.number()),
  exportRegisterKwh: z.optional(kwh()),
  registers: z.optional(z.record(z.string(), kwh())),
});
export type NewReading = z.infer<typeof newReadingSchema>;

const maxReadingsPerRequest = 500;

const list = <S extends z.ZodMiniType>(item: S) =>
  z.array(item).check(z.minLength(1), z.maxLength(maxReadingsPerRequest));

/** One reading of the meter in the path, or several as `readings`. One object, so that errors name the wrong field. */
export const meterReadingsBody = z
  .extend(z.partial(newReadingSchema), { readings: z.optional(list(newReadingSchema)) })
  .check(
    z.refine(
      ({ readings, time, registerKwh }) =>
        readings === undefined ? time !== undefined && registerKwh !== undefined : time === undefined,
      'Send either one reading with `time` and `registerKwh`, or `readings`.',
    ),
  );
/** Readings of many meters. */
export const readingsBody = z.object({ readings: list(z.extend(newReadingSchema, { meterId: externalId() })) });

export const outcomeSchema = z.object({
  accepted: z.int(),
  rejected: z.int(),
  /** In the order of the request. */
  results: z.array(
    z.object({
      index: z.int(),
      meterId: z.string(),
      time: utcTime(),
      status: z.enum(['accepted', 'rejected']),
      reason: z.optional(z.enum(rejectionReasonNames)),
      /** The reason in the caller's language. */
      message: z.optional(z.string()),
      detail: z.optional(z.string()),
    }),
  ),
});
export type Outcome = z.infer<typeof outcomeSchema>;
