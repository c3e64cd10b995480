/**
 * API keys for machines: `mzn_<environment>_<prefix>_<secret>`. Only a hash of the secret is stored; the prefix finds
 * the key. The secret has 256 random bits, so a fast hash is enough.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export interface ApiKey {
  id: string;
  name: string;
  description?: string | undefined;
  /** Shown to people; also the index of the global lookup. */
  keyPrefix: string;
  keyHash: string;
  /** The key before the last rotation, good for a while beside the new one. */
  previous?: { keyPrefix: string; keyHash: string; validUntil: string } | undefined;
  scopes: string[];
  allowedIps: string[];
  allowedOrigins: string[];
  rateLimitPerMinute: number;
  rateLimitPerDay: number;
  /** Stations a device key may publish for; empty means every station of the tenant. */
  stationIds: string[];
  /** The one name it connects to the broker under. @default any that is nobody else's */
  mqttClientId?: string;
  /** Paths below its stations that it may publish and listen at, e.g. `device/DCU-01/*`. @default all */
  mqttPaths?: string[];
  /** Workspaces its holder may enter: those its maker could when it was made. @default none */
  workspaces?: string[];
  expiresAtTime?: string | undefined;
  isActive: boolean;
  createdBy: string;
  revokedAt?: string | undefined;
  revokedBy?: string | undefined;
}

export const apiKeyEntity = defineEntity<ApiKey>()({
  name: 'API key',
  table: 'identity',
  key: ({ id }) => ({ pk: ['APIKEY', id], sk: ['APIKEY'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['APIKEY'], sk: [id] }) },
  idOf: ({ id }) => id,
  secretAttributes: ['keyHash', 'previous'],
});

/** Lives in the global scope: from a key's prefix to its tenant. */
export interface ApiKeyPrefix {
  prefix: string;
  tenantId: string;
  keyId: string;
}

export const apiKeyPrefixEntity = defineEntity<ApiKeyPrefix, { prefix: string }>()({
  name: 'API key prefix',
  table: 'identity',
  key: ({ prefix }) => ({ pk: ['APIKEY-PREFIX', prefix], sk: ['APIKEY-PREFIX'] }),
  idOf: ({ prefix }) => prefix,
});

const format = /^mzn_([a-z]+)_([A-Za-z0-9]{10})_([A-Za-z0-9_-]{43})$/;

export interface NewKey {
  /** The whole key; shown once. */
  key: string;
  prefix: string;
  hash: string;
}

export function makeKey(environment: string): NewKey {
  const prefix = randomBytes(12).toString('base64').replace(/[+/=]/g, '').slice(0, 10).padEnd(10, 'x');
  const secret = randomBytes(32).toString('base64url');
  return { key: `mzn_${environment}_${prefix}_${secret}`, prefix, hash: hashSecret(secret) };
}

export function parseKey(key: string): { prefix: string; secret: string } | undefined {
  const [, , prefix, secret] = format.exec(key) ?? [];
  return prefix === undefined || secret === undefined ? undefined : { prefix, secret };
}

/** Whether the presented key is the present one, or the one before while that is still good. */
export function isPresentKey(
  { prefix, secret }: { prefix: string; secret: string },
  { keyPrefix, keyHash, previous }: Pick<ApiKey, 'keyPrefix' | 'keyHash' | 'previous'>,
  nowMs: number,
): boolean {
  if (prefix === keyPrefix) return isRightSecret(secret, keyHash);
  if (previous === undefined || prefix !== previous.keyPrefix) return false;
  return Date.parse(previous.validUntil) > nowMs && isRightSecret(secret, previous.keyHash);
}

/** Whether nobody gets in with it any more: it is revoked, or its time is over. */
export const isOver = (
  { isActive, expiresAtTime }: Pick<ApiKey, 'isActive' | 'expiresAtTime'>,
  nowMs: number,
): boolean => !isActive || (expiresAtTime !== undefined && Date.parse(expiresAtTime) <= nowMs);

export function isRightSecret(secret: string, keyHash: string): boolean {
  const actual = Buffer.from(hashSecret(secret));
  const expected = Buffer.from(keyHash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
