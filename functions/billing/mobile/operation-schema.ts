/**
 * What the field app hands in, online or after days without a network. Each operation carries an id that the app made, by
 * which a repetition is known, and the time by the device's own clock.
 */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { obisPattern } from '../../../layers/metering/reading-message.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { createCustomerSchema } from '../customers/customer-schema.ts';

export const maxOperations = 500;

export const operationId = () =>
  z
    .string()
    .check(
      z.regex(
        /^[A-Za-z0-9_-]{8,50}$/,
        fieldMessage('Use 8 to 50 letters, digits, "_" or "-".', 'استخدم من 8 إلى 50 من الحروف والأرقام و"_" و"-".'),
      ),
    );

/** WGS 84 degrees, as the device measured it. */
export const gpsSchema = z.object({
  latitude: z.number().check(z.gte(-90), z.lte(90)),
  longitude: z.number().check(z.gte(-180), z.lte(180)),
  /** Radius in metres. */
  accuracyM: z.number().check(z.gte(0), z.lte(100_000)),
});

export const noAccessCodes = [
  'locked',
  'nobody_home',
  'dog',
  'refused',
  'meter_missing',
  'meter_broken',
  'other',
] as const;

const kwh = () =>
  z.string().check(z.regex(/^\d{1,9}(\.\d{1,6})?$/, fieldMessage('Not a register value.', 'ليست قراءة عداد.')));

export const maxOperationNumber = 1_000_000_000;

const base = {
  id: operationId(),
  /** Which of the device’s operations it is: counted up by one with each, of all types together. */
  operationNumber: z.optional(z.int().check(z.gte(1), z.lte(maxOperationNumber))),
  /** By the clock of the device. */
  time: timestamp(),
  routeId: generatedId('rrt'),
};
const visit = {
  ...base,
  meterId: externalId(),
  gps: z.optional(gpsSchema),
  /** Of `POST /photos`, by the same user. */
  photoIds: z._default(z.array(generatedId('pho')).check(z.maxLength(5)), []),
  note: z.optional(label(500)),
};

export const readingFields = {
  ...visit,
  registerKwh: kwh(),
  exportRegisterKwh: z.optional(kwh()),
  /** Further registers by OBIS code. */
  registers: z.optional(
    z
      .record(z.string().check(z.regex(obisPattern)), kwh())
      .check(z.refine((registers) => Object.keys(registers).length <= 8, 'Eight registers at most.')),
  ),
  /** The reader looked again: take it although it is not what was expected. */
  confirmed: z._default(z.boolean(), false),
};

export const noAccessFields = { ...visit, code: z.enum(noAccessCodes) };

export const collectionFields = {
  ...base,
  meterId: externalId(),
  customerId: generatedId('cus'),
  amount: amount(),
  /** @default the tenant’s */
  currency: z.optional(currency()),
  /** On the paper the customer got; a number is used once. */
  receiptNumber: externalId(),
  gps: z.optional(gpsSchema),
  note: z.optional(label(300)),
};

const { name, nameAr, phone, email, address, latitude, longitude } = createCustomerSchema.shape;
export const correctionChanges = z.partial(z.object({ name, nameAr, phone, email, address, latitude, longitude }));

const edit = {
  ...base,
  meterId: externalId(),
  /** `editVersion` of the stop that was edited. */
  baseVersion: z.int().check(z.gte(1)),
  sequence: z.optional(z.int().check(z.gte(1), z.lte(999_999))),
  note: z.optional(label(500)),
};

const correction = {
  ...base,
  meterId: externalId(),
  customerId: generatedId('cus'),
  /** `version` of the customer that the app showed. */
  baseVersion: z.int().check(z.gte(1)),
  changes: correctionChanges.check(z.refine((changes) => Object.keys(changes).length > 0, 'Name at least one change.')),
  note: z.optional(label(500)),
};

export const operationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reading'), ...readingFields }),
  z.object({ type: z.literal('no_access'), ...noAccessFields }),
  z.object({ type: z.literal('collection'), ...collectionFields }),
  z.object({ type: z.literal('stop_edit'), ...edit }),
  z.object({ type: z.literal('customer_correction'), ...correction }),
]);

export type FieldOperation = z.infer<typeof operationSchema>;
export type OperationOf<T extends FieldOperation['type']> = Extract<FieldOperation, { type: T }>;

/** What cannot be read is answered alone and does not stop the others. */
export const orUnreadable = <S extends z.ZodMiniType>(schema: S) =>
  z.union([schema, z.looseObject({ id: z.string().check(z.maxLength(100)) })]);
export const anyOperation = orUnreadable(operationSchema);

const outcomes = ['applied', 'duplicate', 'conflict', 'rejected'] as const;

export const resultSchema = z.object({
  /** Of the operation. */
  id: z.string(),
  status: z.enum(outcomes),
  /** Of a duplicate: how the first one went. */
  first: z.optional(z.enum(outcomes)),
  /** Which rule decided a conflict. */
  rule: z.optional(z.string()),
  /** Why it was rejected or kept for a person. */
  reason: z.optional(z.string()),
  /** The reason in the caller’s language. */
  message: z.optional(z.string()),
  /** Look again, and send it with `confirmed`. */
  needsConfirmation: z.optional(z.boolean()),
  /** Nothing is wrong with it: send it again later. */
  mayRetry: z.optional(z.boolean()),
  /** What the server holds, where it matters. */
  server: z.optional(z.record(z.string(), z.unknown())),
  /** Rows that came of it, by kind: `readingId`, `collectionId`, `paymentId`, `proposalId`. */
  made: z.optional(z.record(z.string(), z.string())),
  /** When it happened by the server’s clock. */
  time: z.optional(utcTime()),
});
export type OperationResult = z.infer<typeof resultSchema>;
