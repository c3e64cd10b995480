/**
 * Opens, changes and closes entries of the presence table. A connection lists its rooms and each room its connections;
 * both sides change in one transaction, and whoever comes second reads again, so they never disagree.
 */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { type Connection, connectionEntity, type Subscription, subscriptionEntity } from './connection-entity.ts';

/** A connection may listen to this many rooms at once. */
export const maxRooms = 20;

/** Activity is written at most this often per connection. */
const activityStepMs = 60_000;

/** Messages of one connection run side by side; each round at least one of them gets through. */
const maxAttempts = 2 * maxRooms;

export async function openConnection(connection: Connection): Promise<void> {
  await openGlobalSession().transact('scada', (unit) => unit.put(connectionEntity, connection));
}

export function findConnection(connectionId: string) {
  return openGlobalSession().get(connectionEntity, { connectionId }, { consistent: true });
}

type StoredConnection = NonNullable<Awaited<ReturnType<typeof findConnection>>>;

/** @returns whether the room was added, or why not */
export function joinRoom(connectionId: string, room: string): Promise<'joined' | 'already' | 'too_many' | 'closed'> {
  return change(connectionId, 'closed', async (connection) => {
    if (connection.rooms.includes(room)) return 'already';
    if (connection.rooms.length >= maxRooms) return 'too_many';
    await openGlobalSession().transact('scada', (unit) => {
      unit.update(connectionEntity, connection, { rooms: [...connection.rooms, room], ...activity(connection) });
      addSubscription(unit, connection.tenantId, { room, connectionId, connectedAt: connection.connectedAt });
    });
    return 'joined';
  });
}

export function leaveRoom(connectionId: string, room: string): Promise<void> {
  return change(connectionId, undefined, (connection) =>
    openGlobalSession().transact('scada', (unit) => {
      const rooms = connection.rooms.filter((other) => other !== room);
      unit.update(connectionEntity, connection, { rooms, ...activity(connection) });
      removeSubscription(unit, connection.tenantId, { room, connectionId });
    }),
  );
}

/** Notes a sign of life. */
export function touch(connectionId: string): Promise<void> {
  return change(connectionId, undefined, async (connection) => {
    if (Date.now() - Date.parse(connection.lastActivityAt) < activityStepMs) return;
    await openGlobalSession().transact('scada', (unit) => {
      unit.update(connectionEntity, connection, activity(connection));
    });
  });
}

/** Forgets a connection and all it listened to; repeating it is harmless. @returns whether it was known */
export function closeConnection(connectionId: string): Promise<boolean> {
  return change(connectionId, false, async (connection) => {
    await openGlobalSession().transact('scada', (unit) => {
      unit.delete(connectionEntity, connection);
      for (const room of connection.rooms) removeSubscription(unit, connection.tenantId, { room, connectionId });
    });
    return true;
  });
}

/** Forgets that a connection nobody knows any more listens to rooms. */
export async function dropSubscriptions(
  tenantId: string,
  connectionId: string,
  rooms: readonly string[],
): Promise<void> {
  await openSession(tenantId).transact('scada', (unit) => {
    for (const room of rooms) removeSubscription(unit, tenantId, { room, connectionId });
  });
}

/** Runs a change on the connection as it is now, and again when another changed it meanwhile. */
async function change<T, N>(
  connectionId: string,
  unknown: N,
  work: (connection: StoredConnection) => Promise<T>,
): Promise<T | N> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const connection = await findConnection(connectionId);
    if (connection === undefined) return unknown;
    try {
      return await work(connection);
    } catch (error) {
      if (!isAppError(error) || error.code !== 'version_conflict') throw error;
    }
  }
  throw new AppError('unavailable', 'The connection is being changed by other messages.');
}

/** Subscriptions belong to their tenant, the connection to nobody: the steps say so themselves. */
function addSubscription(unit: UnitOfWork, tenantId: string, subscription: Subscription): void {
  const { key, expiresAt } = storageKeys(tenantId, subscriptionEntity, subscription);
  const Item = { ...key, _type: subscriptionEntity.name, ...subscription, expiresAt };
  unit.step({ Put: { TableName: tableName(subscriptionEntity.table), Item } }, () => new AppError('conflict'));
}

function removeSubscription(
  unit: UnitOfWork,
  tenantId: string,
  subscription: Pick<Subscription, 'room' | 'connectionId'>,
): void {
  const { key } = storageKeys(tenantId, { ...subscriptionEntity, expiresAt: () => undefined }, subscription);
  unit.step({ Delete: { TableName: tableName(subscriptionEntity.table), Key: key } }, () => new AppError('conflict'));
}

function activity(connection: Connection): Partial<Connection> {
  return { lastActivityAt: new Date().toISOString(), messagesReceived: connection.messagesReceived + 1 };
}
