/**
 * The configuration of a station as one versioned document: what the platform issues and a gateway runs by. Connections
 * and points carry the columns of the documented tables `communication_protocols` and `data_points`.
 */
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { ConfigurationError, maxProblems } from './configuration-error.ts';

/** Bounds of one station; the gateway is measured with the largest. */
export const bounds = {
  connections: 256,
  devices: 5_000,
  points: 100_000,
  derivedPoints: 10_000,
  /** Of the whole document as JSON. */
  documentBytes: 96 * 1024 * 1024,
  /** Of one `settings` or `address`, as JSON. */
  settingsCharacters: 16_384,
} as const;

const id = () =>
  z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Use 1 to 64 letters, digits, ".", "_" or "-".'));
const name = () => z.string().check(z.minLength(1), z.maxLength(100));
const milliseconds = (minimum: number, maximum: number) => z.number().check(z.int(), z.gte(minimum), z.lte(maximum));
const finite = () => z.number().check(z.gte(-1e15), z.lte(1e15));
const expressionText = () => z.string().check(z.minLength(1), z.maxLength(1000));
const day = 86_400_000;

const bounded = z.refine(
  (value: unknown) => (JSON.stringify(value) ?? '').length <= bounds.settingsCharacters,
  `Longer than ${bounds.settingsCharacters} characters.`,
);
const settings = () => z.record(z.string().check(z.maxLength(100)), z.unknown()).check(bounded);

/** A secret by the name the station knows it under; the document never carries secrets. */
const secretReference = z.strictObject({
  secret: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'Not a name of a secret.')),
});

export const protocolTypes = ['modbus', 'dnp3', 'iec61850', 'mqtt', 'http'] as const;
export type ProtocolType = (typeof protocolTypes)[number];

/** A row of `communication_protocols`: one line with every device behind it. */
export const connectionSchema = z.strictObject({
  id: id(),
  name: name(),
  protocolType: z.enum(protocolTypes),
  /** Left out for serial lines, whose path is in `settings`. */
  host: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._:-]{1,255}$/, 'Not a host name or address.'))),
  port: z.optional(z.number().check(z.int(), z.gte(1), z.lte(65_535))),
  /** As the protocol's driver documents them. */
  settings: z._default(settings(), {}),
  authType: z._default(z.enum(['none', 'basic', 'certificate']), 'none'),
  credentials: z.optional(
    z.strictObject({
      username: z.optional(z.string().check(z.maxLength(200))),
      password: z.optional(secretReference),
      certificate: z.optional(secretReference),
      privateKey: z.optional(secretReference),
      ca: z.optional(secretReference),
    }),
  ),
  isActive: z._default(z.boolean(), true),
});

export const deviceSchema = z.strictObject({
  id: id(),
  name: name(),
  connectionId: id(),
  /** As the driver documents them, e.g. `{ "unitId": 1 }`. */
  settings: z._default(settings(), {}),
  /** Name of the register map its points were made from; for people. */
  profile: z.optional(z.string().check(z.maxLength(100))),
  isActive: z._default(z.boolean(), true),
});

export const pointTypes = [
  'analog_input',
  'analog_output',
  'binary_input',
  'binary_output',
  'counter',
  'double_bit',
  'string',
] as const;

const stateValue = z.union([z.boolean(), z.number(), z.string().check(z.maxLength(50))]);

/** Alarms of one point; a value is worth an alarm when it stays beyond a limit for `alarmDelayMs`. */
const alarmFields = {
  alarmLowLow: z.optional(finite()),
  alarmLow: z.optional(finite()),
  alarmHigh: z.optional(finite()),
  alarmHighHigh: z.optional(finite()),
  /** States of a binary, double-bit or text point that are an alarm, e.g. `[true]` or `["intermediate"]`. */
  alarmStates: z.optional(z.array(stateValue).check(z.minLength(1), z.maxLength(16))),
  /** How far a value must come back inside its limit before the alarm clears, in the point's unit. */
  hysteresis: z._default(finite().check(z.gte(0)), 0),
  alarmDelayMs: z._default(milliseconds(0, day), 0),
  alarmClearDelayMs: z._default(milliseconds(0, day), 0),
  /** Of its alarms; values of `low` are the first to go when the store of the gateway is full. */
  priority: z._default(z.enum(['low', 'medium', 'high', 'critical']), 'medium'),
};

/** Report by exception: what changes less than both is not told until `refreshMs` is over. */
const reportFields = {
  /** In the point's unit. */
  deadbandAbsolute: z.optional(finite().check(z.gte(0))),
  /** Percent of the span between `lowLimit` and `highLimit`; without them, of the value told last. */
  deadbandPercent: z.optional(z.number().check(z.gte(0), z.lte(100))),
  refreshMs: z.optional(milliseconds(1_000, 7 * day)),
};

const controlSchema = z.strictObject({
  mode: z._default(z.enum(['direct', 'select_before_operate']), 'direct'),
  /** A command is refused unless this is true, with good quality. */
  interlock: z.optional(expressionText()),
  /** The point that shows whether it worked, within a time. */
  readBack: z.optional(z.strictObject({ pointId: id(), timeoutMs: z._default(milliseconds(100, 600_000), 10_000) })),
});

/** A row of `data_points`. */
export const pointSchema = z.strictObject({
  id: id(),
  name: name(),
  deviceId: id(),
  pointType: z.enum(pointTypes),
  /** As the driver documents it: `"40001"`, `{ "group": "binary_input", "index": 3 }`. */
  address: z
    .union([
      z.string().check(z.minLength(1), z.maxLength(500)),
      z.number(),
      z.record(z.string().check(z.maxLength(100)), z.unknown()),
    ])
    .check(bounded),
  dataType: z.string().check(z.regex(/^[a-z0-9_]{1,32}$/, 'Not a name of a data type such as "float32".')),
  scaleFactor: z._default(
    finite().check(z.refine((factor) => factor !== 0, 'A scale factor of 0 forgets the value.')),
    1,
  ),
  offset: z._default(finite(), 0),
  unit: z.optional(z.string().check(z.maxLength(20))),
  /** Outside of these a measured value is uncertain, and a set point refused. */
  lowLimit: z.optional(finite()),
  highLimit: z.optional(finite()),
  ...alarmFields,
  ...reportFields,
  scanRateMs: z._default(milliseconds(10, day), 1000),
  /** Silence after which a value is stale; 0 is never. @default ten scans, at least a minute, where the driver polls */
  staleAfterMs: z.optional(milliseconds(0, 30 * day)),
  writable: z._default(z.boolean(), false),
  control: z.optional(controlSchema),
});

/** Computed at the station from other points; how is in `expression.ts`. */
export const derivedPointSchema = z.strictObject({
  id: id(),
  name: name(),
  pointType: z._default(z.enum(['analog_input', 'binary_input']), 'analog_input'),
  expression: expressionText(),
  unit: z.optional(z.string().check(z.maxLength(20))),
  lowLimit: z.optional(finite()),
  highLimit: z.optional(finite()),
  ...alarmFields,
  ...reportFields,
});

export const stationConfigurationSchema = z.strictObject({
  formatVersion: z.literal(1),
  stationId: id(),
  version: z.number().check(z.int(), z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
  issuedAt: z.iso.datetime({ offset: true }),
  connections: z.array(connectionSchema).check(z.maxLength(bounds.connections)),
  devices: z.array(deviceSchema).check(z.maxLength(bounds.devices)),
  points: z.array(pointSchema).check(z.maxLength(bounds.points)),
  derivedPoints: z._default(z.array(derivedPointSchema).check(z.maxLength(bounds.derivedPoints)), []),
  report: z._default(
    z.strictObject({
      /** Values of so long travel in one message while connected. */
      intervalMs: z._default(milliseconds(100, 3_600_000), 1_000),
      /** And while not: larger messages are cheaper to catch up with. */
      offlineIntervalMs: z._default(milliseconds(100, 3_600_000), 60_000),
      /** Every point is told at least so often. */
      refreshMs: z._default(milliseconds(1_000, 7 * day), 900_000),
      healthIntervalMs: z._default(milliseconds(5_000, day), 60_000),
      /** Most that catching up may take of the uplink. */
      backfillMessagesPerSecond: z._default(z.number().check(z.gte(0.1), z.lte(50)), 5),
      backfillBytesPerSecond: z._default(z.number().check(z.int(), z.gte(1_000), z.lte(400_000)), 100_000),
    }),
    () => ({
      intervalMs: 1_000,
      offlineIntervalMs: 60_000,
      refreshMs: 900_000,
      healthIntervalMs: 60_000,
      backfillMessagesPerSecond: 5,
      backfillBytesPerSecond: 100_000,
    }),
  ),
  timeSync: z._default(
    z.strictObject({
      /** A device's clock further off than this is told in its status. */
      maxDeviceOffsetMs: z._default(milliseconds(1, day), 2_000),
      /** The gateway executes no command while its own clock is known to be further off. */
      maxOwnOffsetMs: z._default(milliseconds(10, day), 5_000),
    }),
    () => ({ maxDeviceOffsetMs: 2_000, maxOwnOffsetMs: 5_000 }),
  ),
  /** Commands are refused unless this point has this state, with good quality: the station's local/remote switch. */
  remoteControl: z.optional(z.strictObject({ pointId: id(), remoteWhen: stateValue })),
});

export type StationConfiguration = z.infer<typeof stationConfigurationSchema>;
export type ConnectionConfiguration = z.infer<typeof connectionSchema>;
export type DeviceConfiguration = z.infer<typeof deviceSchema>;
export type PointConfiguration = z.infer<typeof pointSchema>;
export type DerivedPointConfiguration = z.infer<typeof derivedPointSchema>;
export type AlarmPriority = PointConfiguration['priority'];

/** Without it `zod/mini` says "Invalid input" of everything. */
const standardMessages = english().localeError;

/** Shape and bounds alone; `checkConfiguration` also looks at what refers to what. @throws ConfigurationError */
export function parseConfigurationShape(document: unknown): StationConfiguration {
  const parsed = stationConfigurationSchema.safeParse(document, { error: standardMessages });
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.slice(0, maxProblems).map(({ path, message }) => ({ path: pathText(path), message })),
  );
}

/** `['points', 3, 'address']` as `points[3].address`. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, step) => (typeof step === 'number' ? `${before}[${step}]` : `${before}${before && '.'}${String(step)}`),
    '',
  );
  return text || '(document)';
}
