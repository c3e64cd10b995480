/** What can be set of a Modbus connection and of the devices behind it. */
import * as z from 'zod/mini';
import { credentialsSchema, serverNameSetting } from '../secret-setting.ts';

const integer = (min: number, max: number) => z.number().check(z.int(), z.gte(min), z.lte(max));

const serialSchema = z.strictObject({
  path: z.string().check(z.minLength(1), z.maxLength(200)),
  baudRate: z._default(integer(300, 4_000_000), 9_600),
  dataBits: z._default(z.union([z.literal(7), z.literal(8)]), 8),
  /** The specification's default is even; many devices leave the works with none. */
  parity: z._default(z.enum(['none', 'even', 'odd']), 'none'),
  stopBits: z._default(z.union([z.literal(1), z.literal(2)]), 1),
  rtsOnSend: z._default(z.boolean(), false),
});

export const connectionSchema = z.strictObject({
  /** Of the device, the gateway or the converter; left out with `serial`. */
  host: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
  port: z._default(integer(1, 65_535), 502),
  /** `rtu` with a host is RTU over TCP, as transparent converters speak it. @default tcp, and rtu with `serial` */
  framing: z.optional(z.enum(['tcp', 'rtu'])),
  serial: z.optional(serialSchema),
  /** Modbus/TCP Security: TLS with the connection's credentials. */
  tls: z._default(z.boolean(), false),
  serverName: serverNameSetting,
  authType: z._default(z.enum(['none', 'basic', 'certificate']), 'none'),
  credentials: z.optional(credentialsSchema),
  timeoutMs: z._default(integer(20, 60_000), 1_000),
  connectTimeoutMs: z._default(integer(100, 60_000), 5_000),
  /** Requests under way at once; more than one only where the device is known to allow it. Serial lines have one. */
  maxInFlight: z._default(integer(1, 16), 1),
  reconnectMinMs: z._default(integer(100, 60_000), 1_000),
  reconnectMaxMs: z._default(integer(100, 600_000), 30_000),
  /** How long a device that times out is left alone, growing; so that it does not starve its neighbours. */
  backOffMinMs: z._default(integer(100, 60_000), 2_000),
  backOffMaxMs: z._default(integer(100, 3_600_000), 60_000),
  /** RTU: pause before each request. @default 3.5 characters on a serial line, 0 over TCP */
  silentIntervalMs: z.optional(integer(0, 1_000)),
  /** RTU: how long a late answer may still come. @default twice the time-out */
  lateAnswerMs: z.optional(integer(0, 60_000)),
  /** RTU: the converter sends back what was sent. */
  hasEcho: z._default(z.boolean(), false),
});

export type ModbusConnection = z.infer<typeof connectionSchema>;

export const byteOrders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type ByteOrder = (typeof byteOrders)[number];

export const deviceSchema = z.strictObject({
  unitId: z._default(integer(0, 255), 1),
  /** Most registers of one read; devices with small buffers take fewer than the specification's 125. */
  maxRegisters: z._default(integer(1, 125), 125),
  maxBits: z._default(integer(1, 2000), 2000),
  /** Most unwanted registers that may be read to join two wanted ones; how many pay off is learnt. 0 joins neighbours only. */
  maxGap: z._default(integer(0, 124), 64),
  /** Order of the bytes in values of more than one register, unless a point says otherwise. */
  order: z._default(z.enum(byteOrders), 'ABCD'),
  /** Whether function 6 may write single registers; some devices know function 16 alone. */
  canWriteSingle: z._default(z.boolean(), true),
  /** How soon an address that the device refused is tried again, doubling up to a day. */
  badAddressRetryMs: z._default(integer(1_000, 86_400_000), 600_000),
  /** Where a SunSpec map may begin; read until one answers `SunS`. */
  sunspecBases: z._default(z.array(integer(0, 65_533)).check(z.minLength(1), z.maxLength(8)), [40_000, 50_000, 0]),
});

export type ModbusDevice = z.infer<typeof deviceSchema>;
