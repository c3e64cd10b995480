/**
 * `mizan-gateway enrol <address of the platform>`: shows the one-time token, read from standard input so that neither the
 * list of processes nor the shell's history has it, and puts the key it gets where the gateway's configuration looks for it.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { GatewayConfig } from './config.ts';

const longestWaitMs = 30_000;
const setGroupId = 0o2000;
const usage =
  'Say where the platform is, and give the token on standard input: mizan-gateway enrol https://platform.example < token';

/**
 * Also replaces a key: the one before is revoked by the platform.
 * @returns the file that holds the key
 * @throws Error saying what to do; a token the platform took is used up, whatever comes after
 */
export async function enrolGateway(
  config: Pick<GatewayConfig, 'stationId' | 'uplink'>,
  platform: string | undefined,
  readToken: () => Promise<string>,
): Promise<string> {
  const address = addressOf(platform);
  const file = config.uplink.passwordFile;
  if (file === undefined)
    throw new Error('uplink.passwordFile (MIZAN_UPLINK_PASSWORD_FILE) must say where the key is to be kept.');
  // MQTT 3.1.1, section 3.1.2.9: no password without a user name.
  if (config.uplink.username === undefined)
    throw new Error('uplink.username (MIZAN_UPLINK_USERNAME) must be set: a key is a password, and any name will do.');
  // The token works once: that the key can be written is found out before it is shown.
  const half = `${file}.${randomBytes(4).toString('hex')}`;
  const handle = openKeyFile(half, dirname(file));
  try {
    const token = (await readToken()).trim();
    if (token === '') throw new Error(usage);
    const { stationId, apiKey } = await exchange(address, token);
    if (stationId !== config.stationId)
      throw new Error(
        `The token was for station "${stationId}", and this is "${config.stationId}". It is used up, and the key of the gateway of "${stationId}" replaced: enrol that one again.`,
      );
    writeSync(handle, `${apiKey}\n`);
    fsyncSync(handle);
    renameSync(half, file);
  } finally {
    closeSync(handle);
    rmSync(half, { force: true });
  }
  return file;
}

/** For its owner alone, unless the folder hands its files to a group: the service's. */
function openKeyFile(path: string, folder: string): number {
  try {
    const isShared = (statSync(folder).mode & setGroupId) !== 0;
    const handle = openSync(path, 'wx', 0o600);
    if (isShared) fchmodSync(handle, 0o640);
    return handle;
  } catch (cause) {
    throw new Error(`The key could not be kept in ${folder}: ${(cause as Error).message}`, { cause });
  }
}

function addressOf(platform: string | undefined): URL {
  const base = platform !== undefined && URL.canParse(platform) ? new URL(platform) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) throw new Error(usage);
  if (base.protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(base.hostname))
    throw new Error('The token and the key go over https, except on this machine.');
  return new URL('/api/scada/gateways/enrol', base);
}

async function exchange(address: URL, token: string): Promise<{ stationId: string; apiKey: string }> {
  let status: number;
  let answer: Record<string, any> | undefined;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ token }),
      // Whoever it is sent on to should not see the token.
      redirect: 'error',
      signal: AbortSignal.timeout(longestWaitMs),
    });
    status = response.status;
    answer = await response.json().then(
      (json) => json as Record<string, any>,
      () => undefined,
    );
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new Error(`${address.origin} did not answer: ${why}. The token may be used up; then make a new one.`, {
      cause: error,
    });
  }
  const { stationId, apiKey } = (answer?.['data'] ?? {}) as Record<string, unknown>;
  if (status < 300 && typeof stationId === 'string' && typeof apiKey === 'string') return { stationId, apiKey };
  const detail = typeof answer?.['detail'] === 'string' ? `: ${answer['detail']}` : '';
  throw new Error(`${address.origin} answered ${status}${detail}. Make a new token and enrol again.`);
}
