/** What can be set of an IEC 61850 connection, which is one server, and of the devices behind it. */
import * as z from 'zod/mini';
import { originatorCategories } from '../../protocols/iec61850/acsi/control-message.ts';
import { credentialsSchema, serverNameSetting } from '../secret-setting.ts';

const integer = (min: number, max: number) => z.number().check(z.int(), z.gte(min), z.lte(max));
/** Selectors are octets, as SCL writes them: `0001`. */
const selector = z.string().check(z.regex(/^([0-9A-Fa-f]{2}){1,16}$/, 'Write 1 to 16 octets in hexadecimal digits.'));
const title = z.union([
  z.strictObject({
    apTitle: z.string().check(z.regex(/^[0-2](\.\d{1,9}){1,15}$/, 'Write an object identifier such as "1.1.1.999".')),
    aeQualifier: z.optional(integer(0, 0x7fffffff)),
  }),
  /** Some servers refuse titles: then none is sent. */
  z.null(),
]);

const control = z
  .string()
  .check(z.regex(/^[^/.\s]+\/[^/.\s]+\.(BR|RP)\.[^/.\s]+$/, 'Write the block with its kind: "LD0/LLN0.BR.brcbA01".'));

const reportSchema = z.strictObject({
  control,
  /** A data set to use instead of the one that is set; that empties the buffer of a buffered block. */
  dataSet: z.optional(
    z.string().check(z.regex(/^(@[^/.\s]+|[^/.\s]+\/[^/.\s]+\.[^/.\s]+)$/, 'Write "LD0/LLN0.Events".')),
  ),
  integrityMs: z.optional(integer(0, 86_400_000)),
  bufferTimeMs: z.optional(integer(0, 3_600_000)),
  /** How long a buffered block stays reserved for this gateway when the line is cut. */
  reserveSeconds: z._default(integer(1, 32_767), 60),
  /** Refuse the block when the configuration of the server is another than the one the points were made for. */
  confRev: z.optional(integer(0, 0xffffffff)),
});

export type ReportSettings = z.infer<typeof reportSchema>;

export const connectionSchema = z.strictObject({
  host: z.string().check(z.minLength(1), z.maxLength(255)),
  /** @default 102, and 3782 with TLS (IEC 62351-4) */
  port: z.optional(integer(1, 65_535)),
  tls: z._default(z.boolean(), false),
  serverName: serverNameSetting,
  /** `basic` sends the password of the credentials in ACSE; `certificate` is TLS with both certificates. */
  authType: z._default(z.enum(['none', 'basic', 'certificate']), 'none'),
  credentials: z.optional(credentialsSchema),
  connectTimeoutMs: z._default(integer(100, 60_000), 5_000),
  associateTimeoutMs: z._default(integer(100, 60_000), 10_000),
  timeoutMs: z._default(integer(100, 60_000), 5_000),
  /** A server that was silent for so long is asked who it is: a dead one must not pass for a quiet one. */
  keepAliveMs: z._default(integer(1_000, 3_600_000), 20_000),
  /** How soon a block that could not be had is tried again: an association before may hold it still. */
  reportRetryMs: z._default(integer(1_000, 3_600_000), 30_000),
  /** How long the end of an operation is waited for under enhanced security. */
  terminationTimeoutMs: z._default(integer(100, 600_000), 30_000),
  reconnectMinMs: z._default(integer(100, 60_000), 1_000),
  reconnectMaxMs: z._default(integer(100, 600_000), 30_000),
  maxPduSize: z._default(integer(1_000, 1_000_000), 65_000),
  tpduSize: z._default(z.union([128, 256, 512, 1024, 2048, 4096, 8192].map((size) => z.literal(size as 8192))), 8192),
  maxOutstanding: z._default(integer(1, 64), 5),
  callingTsel: z.optional(selector),
  calledTsel: z.optional(selector),
  callingSsel: z.optional(selector),
  calledSsel: z.optional(selector),
  callingPsel: z.optional(selector),
  calledPsel: z.optional(selector),
  callingTitle: z.optional(title),
  calledTitle: z.optional(title),
  originator: z._default(
    z.strictObject({
      category: z._default(z.enum(originatorCategories), 'remote-control'),
      identity: z._default(z.string().check(z.maxLength(64)), 'mizan'),
    }),
    { category: 'remote-control', identity: 'mizan' },
  ),
});

export type IecConnection = z.infer<typeof connectionSchema>;

export const deviceSchema = z.strictObject({
  /** Points that are members of these reports are told by them; the others are read. */
  reports: z._default(z.array(reportSchema).check(z.maxLength(64)), []),
});

export type IecDevice = z.infer<typeof deviceSchema>;

export const addressSchema = z.strictObject({
  /** `LD/LN.DO.DA`, with or without its constraint in brackets. */
  reference: z.string().check(z.minLength(1), z.maxLength(300)),
  fc: z.optional(z.string().check(z.regex(/^[A-Z]{2}$/, 'Two capitals, such as "MX".'))),
  /** Checks that a command asks the device for. */
  synchroCheck: z._default(z.boolean(), false),
  interlockCheck: z._default(z.boolean(), false),
});
