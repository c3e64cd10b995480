/** Opens, changes and closes entries of the presence table. */
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { type Connection, connectionEntity, subscriptionEntity } from './connection-entity.ts';

/** A connection may listen to this many rooms at once. */
export const maxRooms = 20;

/** Activity is written at most this often per connection. */
const activityStepMs = 60_000;

export async function openConnection(connection: Connection): Promise<void> {
  await openGlobalSession().transact('scada', (unit) => unit.put(connectionEntity, connection));
}

export function findConnection(connectionId: string) {
  return openGlobalSession().get(connectionEntity, { connectionId }, { consistent: true });
}

/** @returns whether the room was added; false when the connection already has it or has too many */
export async function joinRoom(
  connectionId: string,
  room: string,
): Promise<'joined' | 'already' | 'too_many' | 'closed'> {
  const connection = await findConnection(connectionId);
  if (connection === undefined) return 'closed';
  if (connection.rooms.includes(room)) return 'already';
  if (connection.rooms.length >= maxRooms) return 'too_many';
  await openSession(connection.tenantId).transact('scada', (unit) =>
    unit.put(subscriptionEntity, { room, connectionId }),
  );
  await openGlobalSession().transact('scada', (unit) =>
    unit.update(connectionEntity, connection, { rooms: [...connection.rooms, room], ...activity(connection) }),
  );
  return 'joined';
}

export async function leaveRoom(connectionId: string, room: string): Promise<void> {
  const connection = await findConnection(connectionId);
  if (connection === undefined) return;
  await removeSubscriptions(connection.tenantId, connectionId, [room]);
  await openGlobalSession().transact('scada', (unit) =>
    unit.update(connectionEntity, connection, {
      rooms: connection.rooms.filter((other) => other !== room),
      ...activity(connection),
    }),
  );
}

/** Notes a sign of life. */
export async function touch(connectionId: string): Promise<void> {
  const connection = await findConnection(connectionId);
  if (connection === undefined || Date.now() - Date.parse(connection.lastActivityAt) < activityStepMs) return;
  await openGlobalSession().transact('scada', (unit) =>
    unit.update(connectionEntity, connection, activity(connection)),
  );
}

/** Forgets a connection and all it listened to; repeating it is harmless. */
export async function closeConnection(connectionId: string): Promise<void> {
  const connection = await findConnection(connectionId);
  if (connection === undefined) return;
  await removeSubscriptions(connection.tenantId, connectionId, connection.rooms);
  await openGlobalSession().transact('scada', (unit) => unit.delete(connectionEntity, connection));
}

async function removeSubscriptions(tenantId: string, connectionId: string, rooms: readonly string[]): Promise<void> {
  const session = openSession(tenantId);
  for (const room of rooms) {
    const subscription = await session.get(subscriptionEntity, { room, connectionId });
    if (subscription) await session.transact('scada', (unit) => unit.delete(subscriptionEntity, subscription));
  }
}

function activity(connection: Connection): Partial<Connection> {
  return { lastActivityAt: new Date().toISOString(), messagesReceived: connection.messagesReceived + 1 };
}
