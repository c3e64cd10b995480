/** Registering devices for push messages: the same device again is the same row, and is taken from whoever had it before. */
import { createHash } from 'node:crypto';
import type * as z from 'zod/mini';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import {
  deviceOwnerEntity,
  maxDevices,
  type newDeviceSchema,
  type PushDevice,
  pushDeviceEntity,
} from './push-device-entity.ts';

const shown = ({ id, platform, language, name, lastSeenAt }: PushDevice) => ({
  id,
  platform,
  language,
  ...(name === undefined ? {} : { name }),
  lastSeenAt,
});

export async function devicesOf(session: TenantSession, userId: string): Promise<(PushDevice & Stored)[]> {
  const { items } = await session.query<PushDevice & Stored>(pushDeviceEntity, {
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
    const [before, owner] = await Promise.all([
      session.get(pushDeviceEntity, { userId, id }, { consistent: true }),
      session.get(deviceOwnerEntity, { id }, { consistent: true }),
    ]);
    const others =
      owner === undefined || owner.userId === userId
        ? undefined
        : await session.get(pushDeviceEntity, { userId: owner.userId, id }, { consistent: true });
    if (before === undefined && (await devicesOf(session, userId)).length >= maxDevices)
      throw new AppError('conflict', undefined, {
        texts: { en: `At most ${maxDevices} devices: remove one.`, ar: `${maxDevices} جهازًا على الأكثر: أزل جهازًا.` },
      });
    await session.transact('billing', (unit) => {
      if (before === undefined) unit.create(pushDeviceEntity, row);
      else unit.update(pushDeviceEntity, before, row);
      if (others !== undefined) unit.delete(pushDeviceEntity, others);
      const { lastSeenAt } = row;
      if (owner === undefined) unit.create(deviceOwnerEntity, { id, userId, lastSeenAt });
      else unit.update(deviceOwnerEntity, owner, { userId, lastSeenAt }, { isAudited: false });
    });
  });
  return shown(row);
}

export async function removeDevice(session: TenantSession, userId: string, id: string): Promise<void> {
  const [device, owner] = await Promise.all([
    session.require(pushDeviceEntity, { userId, id }),
    session.get(deviceOwnerEntity, { id }, { consistent: true }),
  ]);
  await session.transact('billing', (unit) => {
    unit.delete(pushDeviceEntity, device);
    if (owner?.userId === userId) unit.delete(deviceOwnerEntity, owner);
  });
}
