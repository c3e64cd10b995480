/**
 * What a new API key may be: never more than its creator. Permissions are compared for everybody; a key that makes a
 * key hands on its other bounds as well, or a leaked key would free itself of them.
 */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { stationOwners } from '../../scada/contract.ts';
import { apiKeyEntity } from './api-key-entity.ts';
import { isWithinPaths } from './mqtt-reach.ts';

export interface KeyBounds {
  scopes: string[];
  allowedIps: string[];
  allowedOrigins: string[];
  stationIds: string[];
  mqttPaths?: string[] | undefined;
  rateLimitPerMinute: number;
  rateLimitPerDay: number;
  expiresAt?: string | undefined;
}

/** @throws AppError `forbidden` naming what the creator does not hold */
export async function refuseWiderKey(session: TenantSession, creator: Principal, wanted: KeyBounds): Promise<void> {
  const beyond = wanted.scopes.find((scope) => !isGranted(creator.permissions, scope));
  if (beyond !== undefined) throw new AppError('forbidden', undefined, { values: { permission: beyond } });
  if (creator.kind !== 'api_key') return;
  const { expiresAtTime, ...own } = await session.require(apiKeyEntity, { id: creator.subject });
  for (const list of ['allowedIps', 'allowedOrigins', 'stationIds'] as const) {
    const isInside = own[list].length === 0 || (wanted[list].length > 0 && isSubset(wanted[list], own[list]));
    if (!isInside) throw wider(`${list} must name some of: ${own[list].join(', ')}.`);
  }
  if (!isWithinPaths(wanted.mqttPaths, own.mqttPaths))
    throw wider(`mqttPaths must lie within: ${own.mqttPaths?.join(', ')}.`);
  for (const limit of ['rateLimitPerMinute', 'rateLimitPerDay'] as const)
    if (wanted[limit] > own[limit]) throw wider(`${limit} can be ${own[limit]} at most.`);
  if (expiresAtTime !== undefined && (wanted.expiresAt === undefined || wanted.expiresAt > expiresAtTime))
    throw wider(`expiresAt can be ${expiresAtTime} at the latest.`);
}

/** Topics carry the station and no tenant, so a key must never name another tenant's. @throws AppError `not_found` */
export async function refuseForeignStations(tenantId: string, stationIds: readonly string[]): Promise<void> {
  const owners = await stationOwners([...new Set(stationIds)]);
  const foreign = stationIds.find((id) => owners.get(id) !== tenantId);
  if (foreign !== undefined) throw notFound('station', foreign);
}

const isSubset = (some: readonly string[], all: readonly string[]): boolean => some.every((one) => all.includes(one));

const wider = (message: string): AppError =>
  new AppError('forbidden', `A key cannot make one that is bound less than itself: ${message}`);
