/**
 * What a key reaches at the MQTT broker. Keys from before there were paths, and keys people make without them, reach every topic
 * of their stations, and are shown as such.
 */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { type ApiKey, isOver } from './api-key-entity.ts';
import type { mqttReaches } from './mqtt-reach-schema.ts';

/** Scope of what publishes readings. */
export const deviceScope = 'metering:readings:publish';
/** Of the gateway of a station: it takes configurations and commands. Its key names its station. */
const gatewayScope = 'scada:gateways:connect';

type Reaching = Pick<ApiKey, 'scopes' | 'stationIds' | 'mqttPaths' | 'isActive' | 'expiresAtTime'>;

/** A key for every station is one of people and programs, not of a gateway. */
export const isGatewayKey = ({ scopes, stationIds }: Pick<ApiKey, 'scopes' | 'stationIds'>): boolean =>
  stationIds.length > 0 && isGranted(scopes, gatewayScope);

/** @returns null for a key that reaches no topic, or none any more */
export function reachOf(key: Reaching, nowMs: number): (typeof mqttReaches)[number] | null {
  const { scopes, stationIds, mqttPaths } = key;
  const isGateway = isGatewayKey(key);
  if (isOver(key, nowMs) || !(isGateway || isGranted(scopes, deviceScope))) return null;
  if (!isGateway && mqttPaths !== undefined) return 'paths';
  return stationIds.length === 0 ? 'all_stations' : 'stations';
}

/** Whether paths lie within others; undefined is all. */
export function isWithinPaths(inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean {
  if (outer === undefined) return true;
  return inner?.every((path) => outer.some((one) => path.startsWith(one.slice(0, -1)))) ?? false;
}
