/** Lets a connection listen to a channel, if its credential may. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { requireStation } from '../contract.ts';
import { type Audience, channelPermissions, roomOf } from './channels.ts';
import { joinRoom, maxRooms } from './presence.ts';

/** @throws AppError `forbidden`, `not_found` for a station of nobody or of another tenant, `unprocessable` beyond the limit of rooms */
export async function subscribe(principal: Principal, connectionId: string, audience: Audience): Promise<void> {
  const permission = channelPermissions[audience.channel];
  if (!isGranted(principal.permissions, permission))
    throw new AppError('forbidden', undefined, { values: { permission } });
  if (audience.stationId !== undefined) await requireStation(openSession(principal.tenantId), audience.stationId);
  const outcome = await joinRoom(connectionId, roomOf(audience));
  if (outcome === 'too_many')
    throw new AppError('unprocessable', `A connection can listen to at most ${maxRooms} channels.`);
}
