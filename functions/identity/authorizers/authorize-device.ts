/**
 * The IoT custom authorizer: a meter, concentrator or test client that has no X.509 certificate shows an API key with
 * the scope `metering:readings:publish` as its MQTT password (or user name). The policy it gets holds the topics
 * of its own stations and nothing else, so the station in a topic is proof of the tenant.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/custom-auth-lambda.html
 */

import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { stationIdsOf } from '../../scada/contract.ts';
import { config } from '../config.ts';
import { findApiKey } from './authenticate.ts';

export const deviceScope = 'metering:readings:publish';

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
  const mqtt = event.protocolData?.mqtt ?? {};
  const device = await identify(mqtt.username, Buffer.from(mqtt.password ?? '', 'base64').toString('utf8'));
  if (device === undefined) {
    logger.warn('device refused', { clientId: mqtt.clientId });
    return refused;
  }
  const stations = device.stationIds.length > 0 ? device.stationIds : await stationIdsOf(openSession(device.tenantId));
  return {
    isAuthenticated: true,
    // Only letters and digits are allowed in a principal id.
    principalId: device.subject.replace(/[^A-Za-z0-9]/g, ''),
    disconnectAfterInSeconds: 86_400,
    refreshAfterInSeconds: 300,
    policyDocuments: policiesFor(stations),
  };
}

interface Device {
  tenantId: string;
  subject: string;
  stationIds: string[];
}

async function identify(username: string | undefined, password: string): Promise<Device | undefined> {
  const presented = [password, username].find((text) => text?.startsWith('mzn_'));
  if (presented !== undefined) {
    const found = await findApiKey(presented, Date.now());
    if (found === undefined || !isGranted(found.key.scopes, deviceScope)) return undefined;
    return { tenantId: found.tenantId, subject: found.key.id, stationIds: found.key.stationIds };
  }
  // Only a development machine sets this: devices without any credential belong to the demo tenant.
  const anonymousTenant = config.ANONYMOUS_DEVICE_TENANT;
  if (!username && password === '' && anonymousTenant)
    return { tenantId: anonymousTenant, subject: 'anonymous', stationIds: [] };
  return undefined;
}

/** AWS IoT takes at most 10 documents of 2,048 characters each. */
const maxDocuments = 10;
const stationsPerDocument = 4;

/** Connect, and publish and subscribe under the device's own stations. A key for more stations must be bound to some of them. */
export function policiesFor(stationIds: readonly string[]): string[] {
  const documents: string[] = [];
  const own = stationIds.slice(0, maxDocuments * stationsPerDocument);
  for (let start = 0; start < Math.max(own.length, 1); start += stationsPerDocument) {
    const stations = own.slice(start, start + stationsPerDocument);
    const arns = (kind: string, patterns: (station: string) => string[]): string[] =>
      stations.flatMap(patterns).map((topic) => `arn:aws:iot:*:*:${kind}/${topic}`);
    const statements: object[] = [];
    if (start === 0) statements.push({ Effect: 'Allow', Action: 'iot:Connect', Resource: 'arn:aws:iot:*:*:client/*' });
    if (stations.length > 0) {
      statements.push({
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: arns('topic', (station) => [`acrel/${station}/*`, `$aws/rules/*/acrel/${station}/*`]),
      });
      statements.push({
        Effect: 'Allow',
        Action: 'iot:Subscribe',
        Resource: arns('topicfilter', (station) => [`acrel/${station}/*`]),
      });
      statements.push({
        Effect: 'Allow',
        Action: 'iot:Receive',
        Resource: arns('topic', (station) => [`acrel/${station}/*`]),
      });
    }
    documents.push(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  }
  return documents;
}
