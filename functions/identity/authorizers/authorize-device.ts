/**
 * The IoT custom authorizer: a meter, concentrator or test client that has no X.509 certificate shows an API key with
 * the scope `metering:readings:publish` as its MQTT password (or user name). The policy it gets holds the topics
 * of its own stations and nothing else, so the station in a topic is proof of the tenant.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/custom-auth-lambda.html
 */

import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { stationIdsOf, stationOwners } from '../../scada/contract.ts';
import { deviceScope, isGatewayKey } from '../api-keys/mqtt-reach.ts';
import { config } from '../config.ts';
import { findApiKey } from './authenticate.ts';
import { devicePolicies, gatewayConnectPolicies, gatewayPolicies, maxDocuments } from './device-policies.ts';

interface DeviceEvent {
  protocolData?: { mqtt?: { username?: string; password?: string; clientId?: string } };
}

const refused = {
  isAuthenticated: false,
  principalId: 'refused',
  disconnectAfterInSeconds: 300,
  refreshAfterInSeconds: 300,
  policyDocuments: [],
};

export async function handler(event: DeviceEvent): Promise<object> {
  const { clientId, password, username } = event.protocolData?.mqtt ?? {};
  // The user name may end in parameters for IoT Core itself, such as `?x-amz-customauthorizer-name=…`.
  const device = await identify(username?.split('?')[0], Buffer.from(password ?? '', 'base64').toString('utf8'));
  if (device === undefined) {
    logger.warn('device refused', { clientId });
    return refused;
  }
  const stations = await ownStations(device);
  const policyDocuments = policiesOf(device, stations);
  if (policyDocuments === undefined) {
    logger.error('device refused: bind its key to some stations, a policy cannot hold all', {
      clientId,
      tenantId: device.tenantId,
      keyId: device.subject,
      stations: stations.length,
    });
    return refused;
  }
  return {
    isAuthenticated: true,
    // Only letters and digits are allowed in a principal id.
    principalId: device.subject.replace(/[^A-Za-z0-9]/g, ''),
    disconnectAfterInSeconds: 86_400,
    // Every refresh is a call; a revoked key lives this long on an open connection.
    refreshAfterInSeconds: 3600,
    policyDocuments,
  };
}

/** @returns undefined when the stations do not fit into what AWS lets a policy hold */
function policiesOf(
  { isMeter, isGateway, allowedIps, clientId, paths }: Device,
  stations: string[],
): string[] | undefined {
  if (!isMeter && stations.length === 0) return undefined;
  const topics = isGateway ? gatewayPolicies(stations, stageName()) : [];
  const others = isMeter
    ? devicePolicies(stations, allowedIps, stageName(), clientId, paths)
    : gatewayConnectPolicies(stations, allowedIps);
  if (others === undefined) return undefined;
  const documents = [...others, ...topics];
  if (documents.length <= maxDocuments) return documents;
  return isMeter ? others : undefined;
}

interface Device {
  tenantId: string;
  subject: string;
  isMeter: boolean;
  isGateway: boolean;
  stationIds: string[];
  allowedIps: string[];
  /** The only name it may connect under, if it is bound to one. */
  clientId?: string | undefined;
  /** What it reaches below its stations, if not all. */
  paths?: string[] | undefined;
}

async function identify(username: string | undefined, password: string): Promise<Device | undefined> {
  const presented = [password, username].find((text) => text?.startsWith('mzn_'));
  if (presented !== undefined) {
    const found = await findApiKey(presented, Date.now());
    if (found === undefined) return undefined;
    const { id, scopes, stationIds, allowedIps, mqttClientId: clientId, mqttPaths: paths } = found.key;
    const [isMeter, isGateway] = [isGranted(scopes, deviceScope), isGatewayKey(found.key)];
    if (!isMeter && !isGateway) return undefined;
    return { tenantId: found.tenantId, subject: id, isMeter, isGateway, stationIds, allowedIps, clientId, paths };
  }
  // Only a development machine sets this: devices without any credential belong to the demo tenant.
  const anonymousTenant = config.ANONYMOUS_DEVICE_TENANT;
  if (!username && password === '' && anonymousTenant)
    return {
      tenantId: anonymousTenant,
      subject: 'anonymous',
      isMeter: true,
      isGateway: false,
      stationIds: [],
      allowedIps: [],
    };
  return undefined;
}

/** Topics carry the station and no tenant, so what a key names is checked again where it counts. */
async function ownStations({ tenantId, stationIds }: Device): Promise<string[]> {
  if (stationIds.length === 0) return stationIdsOf(openSession(tenantId));
  const owners = await stationOwners(stationIds);
  return stationIds.filter((id) => owners.get(id) === tenantId);
}
