/** A connection's settings as those of a line. */
import type { LineSettings } from '../../protocols/transport/byte-channel.ts';
import { tlsOptionsOf } from '../secret-setting.ts';
import type { Dnp3Connection } from './settings.ts';

/** @throws Error when a secret is not known to this station */
export function lineSettings({
  host,
  port,
  serial,
  tls,
  connectTimeoutMs,
  credentials,
  serverName,
}: Dnp3Connection): LineSettings {
  if (serial) return { kind: 'serial', ...serial };
  const line = { host: host!, port, connectTimeoutMs };
  return tls ? { kind: 'tls', ...line, tls: tlsOptionsOf({ credentials, serverName }) } : { kind: 'tcp', ...line };
}
