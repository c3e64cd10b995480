/** Registering devices for push messages: the same device again is the same row. */
import { createHash } from 'node:crypto';
import type * as z from 'zod/mini';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { maxDevices, type newDeviceSchema, type PushDevice, pushDeviceEntity } from './push-device-entity.ts';

const shown = ({ id, platform, language, name, lastSeenAt }: PushDevice) => ({
  id,
  platform,
  language,
  ...(name === undefined ? {} : { name }),
  lastSeenAt,
});

async function devicesOf(session: TenantSession, userId: string): Promise<PushDevice[]> {
  const { items } = await session.query<PushDevice>(pushDeviceEntity, {
    pk: ['PUSH-DEVICES', userId],
    limit: maxDevices,
    consistent: true,
  });
  return items;
}

export const listDevices = async (session: TenantSession, userId: string) =>
  (await devicesOf(session, userId)).map(shown);

/** @throws AppError `conflict` for more devices than a person carries; `forbidden` for who is no person */
export async function registerDevice(
  session: TenantSession,
  { kind, subject: userId }: Principal,
  device: z.infer<typeof newDeviceSchema>,
) {
  if (kind !== 'user') throw new AppError('forbidden');
  const id = createHash('sha256').update(device.token).digest('hex').slice(0, 32);
  const row: PushDevice = { ...device, id, userId, lastSeenAt: session.context.now() };
  await retryOnChangeOrMade(async () => {
    const before: (PushDevice & Stored) | undefined = await session.get(
      pushDeviceEntity,
      { userId, id },
      { consistent: true },
    );
    if (before === undefined && (await devicesOf(session, userId)).length >= maxDevices)
      throw new AppError('conflict', undefined, {
        texts: { en: `At most ${maxDevices} devices: remove one.`, ar: `${maxDevices} جهازًا على الأكثر: أزل جهازًا.` },
      });
    await session.transact('billing', (unit) =>
      before === undefined ? unit.create(pushDeviceEntity, row) : unit.update(pushDeviceEntity, before, row),
    );
  });
  return shown(row);
}

export async function removeDevice(session: TenantSession, userId: string, id: string): Promise<void> {
  const device = await session.require(pushDeviceEntity, { userId, id });
  await session.transact('billing', (unit) => unit.delete(pushDeviceEntity, device));
}
