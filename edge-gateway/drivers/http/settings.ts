/** What can be set of an HTTP connection, of the devices behind it, and of the places of their values. */
import * as z from 'zod/mini';
import { messageFields } from '../messages/message-point.ts';
import { credentialsSchema, secretSetting, serverNameSetting } from '../secret-setting.ts';

const integer = (min: number, max: number) => z.number().check(z.int(), z.gte(min), z.lte(max));
/** No control characters: a header or a request line must not be broken by a setting. */
const printable = (max: number) =>
  z.string().check(z.maxLength(max), z.regex(/^[\x20-\x7e]*$/, 'Only printable ASCII.'));
const path = z
  .string()
  .check(z.maxLength(2_000), z.regex(/^\/[\x21-\x7e]*$/, 'A path begins with "/" and has no blanks.'));
const headers = z.record(
  z.string().check(z.regex(/^[A-Za-z0-9-]{1,100}$/, 'Not a name of a header.')),
  printable(2_000),
);

export const connectionSchema = z.strictObject({
  host: z.string().check(z.regex(/^[A-Za-z0-9._:-]{1,255}$/, 'Not a host name or address.')),
  /** @default 80, and 443 with `tls` */
  port: z.optional(integer(1, 65_535)),
  tls: z._default(z.boolean(), false),
  serverName: serverNameSetting,
  authType: z._default(z.enum(['none', 'basic', 'certificate']), 'none'),
  /** How user name and password are shown; digest is RFC 7616. */
  scheme: z._default(z.enum(['basic', 'digest']), 'basic'),
  credentials: z.optional(credentialsSchema),
  /** Sent as `Authorization: Bearer`. */
  token: z.optional(secretSetting),
  headers: z._default(headers, {}),
  timeoutMs: z._default(integer(50, 120_000), 5_000),
  /** Longest answer that is read. */
  maxBytes: z._default(integer(100, 16_777_216), 1_048_576),
  /** How long a device that does not answer is left alone, growing. */
  backOffMinMs: z._default(integer(100, 60_000), 2_000),
  backOffMaxMs: z._default(integer(100, 3_600_000), 60_000),
});

export type HttpConnection = z.infer<typeof connectionSchema>;

export const deviceSchema = z.strictObject({
  /** Where points are read whose address names no resource. */
  resource: z._default(path, '/'),
});

export type HttpDevice = z.infer<typeof deviceSchema>;

const commandSchema = z.strictObject({
  method: z._default(z.enum(['POST', 'PUT', 'PATCH']), 'POST'),
  resource: path,
  /** With `{value}`, `{id}` and `{expires}` filled in; left out, the value alone. */
  body: z.optional(z.unknown()),
  contentType: z._default(printable(200), 'application/json'),
  /** Words of the device for values and codes. */
  words: z.optional(z.record(z.string(), z.unknown())),
  headers: z._default(headers, {}),
});

export type HttpCommand = z.infer<typeof commandSchema>;

export const addressSchema = z.strictObject({
  resource: z.optional(path),
  ...messageFields,
  /** In an answer of lines such as `temp=23.5` or `temp: 23.5`, the name whose value it is. */
  key: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  command: z.optional(commandSchema),
});
