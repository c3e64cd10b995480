/**
 * One-time codes by which whoever stands before a device gets its credential. Only a hash is kept; it lives in the global
 * scope, since the code is all there is to know the tenant by. It works with the serial number on the device alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { openGlobalSession, openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { iotDeviceEntity } from './device-entity.ts';
import type { Credentials } from './device-schema.ts';
import { provisionDevice } from './provision-device.ts';
import { refuseRetired } from './register-device.ts';

interface Claim {
  codeHash: string;
  tenantId: string;
  deviceId: string;
  serialNumber: string;
  createdBy: string;
  expiresAtTime: string;
}

const claimEntity = defineEntity<Claim, Pick<Claim, 'codeHash'>>()({
  name: 'claim code',
  table: 'metering',
  key: ({ codeHash }) => ({ pk: ['IOT-CLAIM', codeHash], sk: ['IOT-CLAIM'] }),
  idOf: ({ deviceId }: Partial<Claim>) => deviceId ?? '',
  expiresAt: ({ expiresAtTime }) => Math.floor(Date.parse(expiresAtTime) / 1000) + 86_400,
});

/** Long enough for an installation team that sets out in the morning of another day. */
const lifeMs = 7 * 86_400_000;
/** Crockford’s digits: none is taken for another. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 100 random bits in four groups that can be read out and typed: nobody guesses one, so a fast hash is enough. */
function makeCode(): string {
  const text = Array.from(randomBytes(20), (byte) => digits[byte & 31]).join('');
  return text.match(/.{5}/g)!.join('-');
}
const hashOf = (code: string): string => createHash('sha256').update(code).digest('base64url');

export async function makeClaimCode(session: TenantSession, deviceId: string, createdBy: string) {
  const device = await session.require(iotDeviceEntity, { id: deviceId });
  refuseRetired(device);
  const code = makeCode();
  const expiresAt = new Date(Date.parse(session.context.now()) + lifeMs).toISOString();
  const { tenantId } = session;
  const { serialNumber } = device;
  await openGlobalSession().transact('metering', (unit) =>
    unit.put(claimEntity, {
      codeHash: hashOf(code),
      tenantId,
      deviceId,
      serialNumber,
      createdBy,
      expiresAtTime: expiresAt,
    }),
  );
  return { code, expiresAt };
}

/** @throws AppError `invalid_credentials` for a code that is unknown, used, too old, or of another device */
export async function claimDevice(code: string, serialNumber: string, correlationId: string): Promise<Credentials> {
  const codeHash = hashOf(code);
  const claim = await openGlobalSession().get(claimEntity, { codeHash }, { consistent: true });
  const isGood = claim?.serialNumber === serialNumber && claim.expiresAtTime > new Date().toISOString();
  if (!isGood || !(await useUp(codeHash)))
    throw new AppError('invalid_credentials', undefined, {
      texts: {
        en: 'The code is unknown, used, expired, or of another device.',
        ar: 'الرمز غير معروف أو مستخدم أو منتهٍ أو يخص جهازًا آخر.',
      },
    });
  const { tenantId, deviceId, createdBy } = claim;
  const session = openSession(tenantId, {
    actor: { id: createdBy, kind: 'user', name: `claim of device ${deviceId}` },
    correlationId,
  });
  return provisionDevice(session, deviceId, createdBy);
}

/** Removing it is what uses it up: of two that show one code at once, one gets the device. */
async function useUp(codeHash: string): Promise<boolean> {
  const { key } = storageKeys(globalScope, { ...claimEntity, expiresAt: () => undefined }, { codeHash });
  const { Attributes } = await documentClient().send(
    new DeleteCommand({ TableName: tableName('metering'), Key: key, ReturnValues: 'ALL_OLD' }),
  );
  return Attributes !== undefined;
}
