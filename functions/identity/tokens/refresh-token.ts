/**
 * Refresh tokens rotate: each use gives a new one, and an old one that comes back means theft, so the whole family
 * (one log-in) is revoked (RFC 9700, section 4.14.2). Only hashes are stored.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';

export const familySeconds = 30 * 24 * 3600;
/** Each further one means that another request changed the family in between. */
const maxRevokeAttempts = 10;

export interface RefreshFamily {
  id: string;
  tenantId: string;
  userId: string;
  secretHash: string;
  revoked: boolean;
  /** Milliseconds since the epoch. */
  validUntil: number;
}

/** Lives in the global scope: the token is all the client sends. */
const refreshFamilyEntity = defineEntity<RefreshFamily>()({
  name: 'refresh token',
  table: 'identity',
  key: ({ id }) => ({ pk: ['REFRESH', id], sk: ['REFRESH'] }),
  idOf: ({ id }) => id,
  expiresAt: ({ validUntil }) => Math.ceil(validUntil / 1000),
  secretAttributes: ['secretHash'],
});

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
const newSecret = (): string => randomBytes(32).toString('base64url');
const format = /^(rtf_[0-9A-HJKMNP-TV-Z]{26})\.([A-Za-z0-9_-]{43})$/;

/** Adds the family of a log-in to the unit of work that records it. */
export function addFamily(
  unit: UnitOfWork,
  tenantId: string,
  userId: string,
  nowMs: number,
): { familyId: string; refreshToken: string } {
  const secret = newSecret();
  const now = new Date(nowMs).toISOString();
  const family = {
    ...{ id: newId('rtf'), tenantId, userId, secretHash: hash(secret), revoked: false },
    validUntil: nowMs + familySeconds * 1000,
  };
  const { key, expiresAt } = storageKeys(globalScope, refreshFamilyEntity, family);
  const stored = { ...key, _type: refreshFamilyEntity.name, ...family, version: 1, createdAt: now, updatedAt: now };
  unit.step(
    {
      Put: {
        TableName: tableName(refreshFamilyEntity.table),
        Item: { ...stored, expiresAt },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    () => new AppError('conflict'),
  );
  return { familyId: family.id, refreshToken: `${family.id}.${secret}` };
}

/**
 * Exchanges a refresh token for the next one.
 * @param onReuse told when an old token came back and the log-in was ended for it
 * @throws AppError `unauthenticated` for an unknown, expired, revoked or already used token
 */
export async function rotate(
  refreshToken: string,
  nowMs: number,
  onReuse: (family: RefreshFamily) => Promise<void> = async () => {},
): Promise<{ family: RefreshFamily; refreshToken: string }> {
  const refused = new AppError('unauthenticated', 'The refresh token is not valid.');
  const [, id, secret] = format.exec(refreshToken) ?? [];
  if (id === undefined || secret === undefined) throw refused;
  const session = openGlobalSession();
  const family = await session.get(refreshFamilyEntity, { id }, { consistent: true });
  if (family === undefined || family.revoked || family.validUntil < nowMs) throw refused;
  if (!timingSafeEqual(Buffer.from(hash(secret)), Buffer.from(family.secretHash))) {
    await revoke(id);
    await onReuse(family);
    throw refused;
  }
  const next = newSecret();
  try {
    await session.transact('identity', (unit) => unit.update(refreshFamilyEntity, family, { secretHash: hash(next) }));
  } catch (error) {
    // Two uses of one token at once: the second is a reuse.
    if (isAppError(error) && error.code === 'version_conflict') {
      await revoke(id);
      await onReuse(family);
      throw refused;
    }
    throw error;
  }
  return { family, refreshToken: `${id}.${next}` };
}

/** The log-in a refresh token belongs to, whether the token is old or new; undefined for what is none of ours. */
export async function familyOf(refreshToken: string): Promise<RefreshFamily | undefined> {
  const [, id, secret] = format.exec(refreshToken) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return openGlobalSession().get(refreshFamilyEntity, { id }, { consistent: true });
}

/** Ends a log-in whatever else happens to it at the same time: a rotation meanwhile must not save it. */
export async function revoke(id: string): Promise<void> {
  const session = openGlobalSession();
  for (let attempt = 1; ; attempt++) {
    const family = await session.get(refreshFamilyEntity, { id }, { consistent: true });
    if (family === undefined || family.revoked) return;
    try {
      await session.transact('identity', (unit) => unit.update(refreshFamilyEntity, family, { revoked: true }));
      return;
    } catch (error) {
      if (attempt === maxRevokeAttempts || !(isAppError(error) && error.code === 'version_conflict')) throw error;
    }
  }
}
