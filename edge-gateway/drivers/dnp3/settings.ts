/** What can be set of a DNP3 connection and of the outstations behind it. */
import * as z from 'zod/mini';
import { credentialsSchema, serverNameSetting } from '../secret-setting.ts';

const integer = (min: number, max: number) => z.number().check(z.int(), z.gte(min), z.lte(max));
/** Link addresses of stations; those above are reserved or broadcasts (IEEE 1815-2012, 9.2.4.5). */
const stationAddress = integer(0, 65_519);
const day = 86_400_000;

const serialSchema = z.strictObject({
  path: z.string().check(z.minLength(1), z.maxLength(200)),
  baudRate: z._default(integer(300, 4_000_000), 9_600),
  dataBits: z._default(z.union([z.literal(7), z.literal(8)]), 8),
  parity: z._default(z.enum(['none', 'even', 'odd']), 'none'),
  stopBits: z._default(z.union([z.literal(1), z.literal(2)]), 1),
  rtsOnSend: z._default(z.boolean(), false),
});

export const connectionSchema = z.strictObject({
  /** Of the outstation or the terminal server; left out with `serial`. */
  host: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
  port: z._default(integer(1, 65_535), 20_000),
  serial: z.optional(serialSchema),
  /** TLS with the connection's credentials (IEEE 1815-2012, 13.6.2; IEC 62351-3). */
  tls: z._default(z.boolean(), false),
  serverName: serverNameSetting,
  authType: z._default(z.enum(['none', 'basic', 'certificate']), 'none'),
  credentials: z.optional(credentialsSchema),
  masterAddress: z._default(stationAddress, 1),
  connectTimeoutMs: z._default(integer(100, 60_000), 5_000),
  reconnectMinMs: z._default(integer(100, 60_000), 1_000),
  reconnectMaxMs: z._default(integer(100, 600_000), 30_000),
});

export type Dnp3Connection = z.infer<typeof connectionSchema>;

export const deviceSchema = z.strictObject({
  outstationAddress: stationAddress,
  responseTimeoutMs: z._default(integer(50, 120_000), 5_000),
  /** How often a read is repeated; commands never are. */
  readRetries: z._default(integer(0, 10), 1),
  /** Time-outs in a row after which the outstation counts as offline. */
  offlineAfterTimeouts: z._default(integer(1, 20), 2),
  /** Classes the outstation may report by itself. Empty for outstations on a shared serial line that must not collide. */
  unsolicitedClasses: z._default(z.array(z.union([z.literal(1), z.literal(2), z.literal(3)])), [1, 2, 3]),
  /** How often the event classes are read. @default the shortest scan rate of the device's points; 0 never */
  eventPollMs: z.optional(integer(0, day)),
  /** How often everything is read. 0 only at the start and after restarts and lost events. */
  integrityPollMs: z._default(integer(0, 7 * day), 3_600_000),
  /** How the outstation's clock is set when it asks. @default lan, and non_lan with `serial` */
  timeSync: z.optional(z.enum(['none', 'lan', 'non_lan'])),
  /** How often its clock is read and compared with ours; not every outstation lets it be read. 0 never. */
  clockCheckMs: z._default(integer(0, day), 0),
  /** Link confirmations, which IEEE 1815 advises against on TCP. */
  confirmsUserData: z._default(z.boolean(), false),
  linkTimeoutMs: z._default(integer(50, 60_000), 1_000),
  /** After so much silence the link's status is asked for. 0 never. */
  keepAliveMs: z._default(integer(0, day), 60_000),
  /** Longest fragment it takes. */
  maxSentOctets: z._default(integer(64, 2_048), 2_048),
});

export type Dnp3Device = z.infer<typeof deviceSchema>;
