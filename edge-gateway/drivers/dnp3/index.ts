/** DNP3 as a driver of the gateway: its settings are checked here, long before it connects. */
import type { DriverModule } from '../../runtime/driver.ts';
import { IssueCollector } from '../configuration-error.ts';
import { Dnp3Driver, type Dnp3Plan } from './driver.ts';
import { type Dnp3Point, parsePoint } from './point.ts';
import { connectionSchema, type Dnp3Connection, type Dnp3Device, deviceSchema } from './settings.ts';

export const dnp3Driver: DriverModule<Dnp3Connection, Dnp3Device, Dnp3Point> = {
  protocol: 'dnp3',
  parse(input) {
    const issues = new IssueCollector();
    const connection = issues.parse(connectionSchema, input.connection, 'connection');
    if (connection) checkConnection(connection, issues);
    const devices: Dnp3Plan['devices'] = new Map();
    const taken = new Map<number, string>();
    for (const { id, settings } of input.devices) {
      const path = `devices[${id}].settings`;
      const device = issues.parse(deviceSchema, settings ?? {}, path);
      if (!device) continue;
      const other = taken.get(device.outstationAddress);
      if (other !== undefined) issues.add(`${path}.outstationAddress`, `The device "${other}" has it already.`);
      taken.set(device.outstationAddress, id);
      devices.set(id, device);
    }
    const points: Dnp3Plan['points'] = new Map();
    for (const { id, deviceId, address, dataType, scanRateMs, writable } of input.points) {
      if (!input.devices.some((device) => device.id === deviceId))
        issues.add(`points[${id}].deviceId`, `There is no device "${deviceId}" behind this connection.`);
      const point = parsePoint({ id, address, dataType, writable }, issues);
      if (point) points.set(id, { deviceId, scanRateMs, writable, point });
    }
    issues.finish();
    return { connection: connection!, devices, points };
  },
  create: (plan, context) => new Dnp3Driver(plan, context),
};

function checkConnection(connection: Dnp3Connection, issues: IssueCollector): void {
  const { host, serial, tls, reconnectMinMs, reconnectMaxMs } = connection;
  if (!host && !serial) issues.add('connection.host', 'A host, or a serial line, is needed.');
  if (host && serial) issues.add('connection.serial', 'Either a host or a serial line, not both.');
  if (serial && tls) issues.add('connection.tls', 'A serial line has no TLS.');
  if (reconnectMaxMs < reconnectMinMs) issues.add('connection.reconnectMaxMs', 'Less than reconnectMinMs.');
}
