/**
 * What the process must know before it knows its station: a JSON file (`MIZAN_GATEWAY_CONFIG`), over it single settings from
 * the environment. Everything about devices and points is in the configuration that the platform issues.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

const path = () => z.string().check(z.minLength(1), z.maxLength(4096));
const integer = (minimum: number, maximum: number) => z.number().check(z.int(), z.gte(minimum), z.lte(maximum));
const mebibyte = 1024 * 1024;

const configSchema = z.strictObject({
  stationId: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Not the code of a station.')),
  /** Holds the store; 0700. */
  dataFolder: z._default(path(), '/var/lib/mizan-gateway'),
  /** A file for each secret of devices, named as the configuration names it. */
  secretsFolder: z.optional(path()),
  /** A station's configuration to begin with, or without a platform. Taken when its version is higher than what runs. */
  stationFile: z.optional(path()),
  logLevel: z._default(z.enum(['debug', 'info', 'warn', 'error']), 'info'),
  uplink: z.strictObject({
    url: z
      .string()
      .check(z.regex(/^(mqtts?|wss?):\/\/[^\s/@]+(\/\S*)?$/, 'Not like "mqtts://host:8883"; no user in it.')),
    /** With a certificate, the name of the thing. @default `mizan-<station>-gateway` */
    clientId: z.optional(z.string().check(z.regex(/^[\w.:-]{1,128}$/, 'Not an MQTT client id.'))),
    username: z.optional(z.string().check(z.maxLength(500))),
    /** Files. An API key is a password. */
    passwordFile: z.optional(path()),
    certificateFile: z.optional(path()),
    privateKeyFile: z.optional(path()),
    caFile: z.optional(path()),
    /** For port 443: `x-amzn-mqtt-ca` with certificates, `mqtt` with an API key. */
    alpn: z.optional(z.string().check(z.maxLength(50))),
    /** AWS IoT Core takes 30 to 1200. */
    keepAliveSeconds: z._default(integer(30, 1200), 60),
    /** Publishes by Basic Ingest, e.g. `mizan_prod_scada_gateway`. */
    basicIngestRules: z.optional(
      z.string().check(z.regex(/^[A-Za-z0-9_]{1,100}$/, 'Not the beginning of rule names.')),
    ),
  }),
  store: z._default(
    z.strictObject({
      maxBytes: z._default(integer(mebibyte, 1_000_000 * mebibyte), 1024 * mebibyte),
      reserveBytes: z._default(integer(0, 1024 * mebibyte), 16 * mebibyte),
      /** Values wait so long for the commit they share. */
      commitDelayMs: z._default(integer(5, 10_000), 100),
    }),
    () => ({ maxBytes: 1024 * mebibyte, reserveBytes: 16 * mebibyte, commitDelayMs: 100 }),
  ),
  /** Of the page for people on this machine; 0 is none. */
  statusPort: z._default(integer(0, 65_535), 8787),
  /** How long a connection that worked may take to come back under a new configuration. */
  trialMs: z._default(integer(5_000, 3_600_000), 60_000),
});

export type GatewayConfig = z.infer<typeof configSchema>;

/** Settings the environment may give, by the field they are. */
const variables: Record<string, readonly string[]> = {
  MIZAN_STATION_ID: ['stationId'],
  MIZAN_DATA_FOLDER: ['dataFolder'],
  MIZAN_SECRETS_FOLDER: ['secretsFolder'],
  MIZAN_STATION_FILE: ['stationFile'],
  MIZAN_LOG_LEVEL: ['logLevel'],
  MIZAN_STATUS_PORT: ['statusPort'],
  MIZAN_UPLINK_URL: ['uplink', 'url'],
  MIZAN_UPLINK_CLIENT_ID: ['uplink', 'clientId'],
  MIZAN_UPLINK_USERNAME: ['uplink', 'username'],
  MIZAN_UPLINK_PASSWORD_FILE: ['uplink', 'passwordFile'],
  MIZAN_UPLINK_CERTIFICATE_FILE: ['uplink', 'certificateFile'],
  MIZAN_UPLINK_PRIVATE_KEY_FILE: ['uplink', 'privateKeyFile'],
  MIZAN_UPLINK_CA_FILE: ['uplink', 'caFile'],
  MIZAN_UPLINK_ALPN: ['uplink', 'alpn'],
  MIZAN_UPLINK_BASIC_INGEST_RULES: ['uplink', 'basicIngestRules'],
};
const numeric = new Set(['MIZAN_STATUS_PORT']);

/** @throws Error that names the setting and where it came from */
export function readGatewayConfig(environment: Record<string, string | undefined>): Readonly<GatewayConfig> {
  const file = environment['MIZAN_GATEWAY_CONFIG'];
  const given: Record<string, any> = file ? readJson(file) : {};
  for (const [name, steps] of Object.entries(variables)) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    const value = numeric.has(name) ? Number(text) : text;
    const [first, second] = steps as [string, string?];
    if (second === undefined) given[first] = value;
    else given[first] = { ...given[first], [second]: value };
  }
  const parsed = configSchema.safeParse(given, { error: english().localeError });
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map((issue) => {
    const field = issue.path.map(String).join('.');
    const name = Object.keys(variables).find((each) => variables[each]!.join('.') === field);
    return `${field || 'configuration'}${name ? ` (${name})` : ''}: ${issue.message}`;
  });
  throw new Error(`The gateway is not configured: ${problems.join('; ')}`);
}

function readJson(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
    throw new Error('not a JSON object');
  } catch (cause) {
    throw new Error(`MIZAN_GATEWAY_CONFIG: ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
