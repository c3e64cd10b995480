/**
 * Secrets in the settings of drivers. A document names them, `{ "secret": "scada-broker" }`; the runtime puts the text in
 * their place before a driver is created. Both forms pass validation, since documents are checked where no secret is known.
 */
import * as z from 'zod/mini';

export const secretSetting = z.union([
  z.string().check(z.minLength(1), z.maxLength(20_000)),
  z.strictObject({ secret: z.string().check(z.minLength(1), z.maxLength(100)) }),
]);

export type SecretSetting = z.infer<typeof secretSetting>;

/** @throws Error when the runtime left the reference as it was */
export function secretText(setting: SecretSetting): string;
export function secretText(setting: SecretSetting | undefined): string | undefined;
export function secretText(setting: SecretSetting | undefined): string | undefined {
  if (typeof setting === 'object') throw new Error(`The secret "${setting.secret}" is not known to this station.`);
  return setting;
}

/** What the station's document calls `credentials` of a connection. */
export const credentialsSchema = z.strictObject({
  username: z.optional(z.string().check(z.maxLength(200))),
  password: z.optional(secretSetting),
  certificate: z.optional(secretSetting),
  privateKey: z.optional(secretSetting),
  ca: z.optional(secretSetting),
});

export type Credentials = z.infer<typeof credentialsSchema>;

/** Name in the other end's certificate, where it is not the host that is connected to: devices are often known by address. */
export const serverNameSetting = z.optional(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,255}$/, 'Not a host name.')));

export interface TlsSettings {
  credentials?: Credentials | undefined;
  serverName?: string | undefined;
}

/** Options of Node's TLS. The other end's certificate is always checked. @throws Error when a secret is not known */
export function tlsOptionsOf({ credentials, serverName }: TlsSettings): {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
} {
  const [ca, cert, key] = [credentials?.ca, credentials?.certificate, credentials?.privateKey].map(secretText);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(serverName && { servername: serverName }),
  };
}
