/**
 * What a key reaches at the MQTT broker. Keys from before there were paths, and keys people make without them, reach every topic
 * of their stations, and are shown as such.
 */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { ApiKey } from './api-key-entity.ts';
import type { mqttReaches } from './mqtt-reach-schema.ts';

/** Scope of what publishes readings. */
export const deviceScope = 'metering:readings:publish';
/** Of the gateway of a station: it takes configurations and commands. Its key names its station. */
export const gatewayScope = 'scada:gateways:connect';

type Reaching = Pick<ApiKey, 'scopes' | 'stationIds' | 'mqttPaths'>;

/** @returns null for a key that reaches no topic */
export function reachOf({ scopes, stationIds, mqttPaths }: Reaching): (typeof mqttReaches)[number] | null {
  const isDevice = isGranted(scopes, deviceScope);
  const isGateway = isGranted(scopes, gatewayScope) && stationIds.length > 0;
  if (!isDevice && !isGateway) return null;
  if (!isGateway && mqttPaths !== undefined) return 'paths';
  return stationIds.length === 0 ? 'all_stations' : 'stations';
}

/** Whether paths lie within others; undefined is all. */
export function isWithinPaths(inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean {
  if (outer === undefined) return true;
  return inner?.every((path) => outer.some((one) => path.startsWith(one.slice(0, -1)))) ?? false;
}
