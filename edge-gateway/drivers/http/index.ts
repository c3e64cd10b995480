/** Devices that tell their values over HTTP, as a driver of the gateway; settings are checked here. */
import type { DriverModule } from '../../runtime/driver.ts';
import { IssueCollector } from '../configuration-error.ts';
import { parseMessagePoint } from '../messages/message-point.ts';
import { HttpDriver, type HttpPlan, type HttpPlanPoint } from './driver.ts';
import { addressSchema, connectionSchema, deviceSchema, type HttpConnection, type HttpDevice } from './settings.ts';

export const httpDriver: DriverModule<HttpConnection, HttpDevice, HttpPlanPoint> = {
  protocol: 'http',
  parse(input) {
    const issues = new IssueCollector();
    const connection = issues.parse(connectionSchema, input.connection, 'connection');
    if (connection) checkConnection(connection, issues);
    const devices: HttpPlan['devices'] = new Map();
    for (const { id, settings } of input.devices) {
      const device = issues.parse(deviceSchema, settings ?? {}, `devices[${id}].settings`);
      if (device) devices.set(id, device);
    }
    const points: HttpPlan['points'] = new Map();
    for (const { id, deviceId, address, dataType, scanRateMs, writable } of input.points) {
      const place = `points[${id}]`;
      const device = devices.get(deviceId);
      if (!device && !input.devices.some((candidate) => candidate.id === deviceId)) {
        issues.add(`${place}.deviceId`, `There is no device "${deviceId}" behind this connection.`);
      }
      // A text is the path within the device's resource.
      const given = typeof address === 'string' ? { path: address } : address;
      const parsed = issues.parse(addressSchema, given, `${place}.address`);
      if (!device || !parsed) continue;
      if (parsed.key !== undefined && parsed.path !== undefined) {
        issues.add(`${place}.address.key`, 'Either a path in JSON or a key of lines, not both.');
      }
      if (writable && !parsed.command) issues.add(`${place}.address.command`, 'A writable point needs a command.');
      const message = parseMessagePoint(parsed, dataType, place, issues);
      if (!message) continue;
      const { resource = device.resource, key, command } = parsed;
      points.set(id, { deviceId, scanRateMs, writable, point: { resource, key, message, command } });
    }
    issues.finish();
    return { connection: connection!, devices, points };
  },
  create: (plan, context) => new HttpDriver(plan, context),
};

function checkConnection({ authType, credentials, token }: HttpConnection, issues: IssueCollector): void {
  if (authType === 'basic' && !credentials?.username) issues.add('connection.credentials.username', 'It is missing.');
  if (authType === 'basic' && token !== undefined)
    issues.add('connection.token', 'Either a token or a user, not both.');
}
