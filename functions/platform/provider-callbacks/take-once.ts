/** A provider's notification is taken once, by the provider's own id of it: the mark and what follows from it are one transaction. */
import { createHash } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';

interface TakenNotification {
  integrationId: string;
  eventId: string;
  retainUntil: number;
}

type TakenKey = Pick<TakenNotification, 'integrationId' | 'eventId'>;

const takenEntity = defineEntity<TakenNotification, TakenKey>()({
  name: 'taken notification',
  table: 'platform',
  key: ({ integrationId, eventId }) => ({
    pk: ['TAKEN-NOTIFICATION', integrationId, createHash('sha256').update(eventId).digest('base64url')],
    sk: ['TAKEN'],
  }),
  idOf: ({ eventId }) => eventId,
  expiresAt: ({ retainUntil }) => retainUntil,
});

/** Longer than any provider repeats, and far longer than a signature's time is accepted. */
const retentionSeconds = 90 * 86_400;

export async function wasTaken(session: TenantSession, key: TakenKey): Promise<boolean> {
  return (await session.get(takenEntity, key, { consistent: true })) !== undefined;
}

/** @returns false when it was taken before; nothing is written then */
export async function takeOnce(
  session: TenantSession,
  key: TakenKey,
  work: (unit: UnitOfWork) => void = () => {},
): Promise<boolean> {
  const retainUntil = Math.floor(Date.parse(session.context.now()) / 1000) + retentionSeconds;
  try {
    await session.transact('platform', (unit) => {
      unit.create(takenEntity, { ...key, retainUntil });
      work(unit);
    });
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'already_exists') return false;
    throw error;
  }
}
