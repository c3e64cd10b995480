/** Modbus TCP, RTU and RTU over TCP as a driver of the gateway: its settings are checked here, long before it connects. */
import type { DriverModule } from '../../runtime/driver.ts';
import { IssueCollector } from '../configuration-error.ts';
import { ModbusDriver, type ModbusPlan } from './driver.ts';
import { type ModbusPoint, parsePoint } from './point.ts';
import { connectionSchema, deviceSchema, type ModbusConnection, type ModbusDevice } from './settings.ts';

export const modbusDriver: DriverModule<ModbusConnection, ModbusDevice, ModbusPoint> = {
  protocol: 'modbus',
  parse(input) {
    const issues = new IssueCollector();
    const connection = issues.parse(connectionSchema, input.connection, 'connection');
    if (connection) checkConnection(connection, issues);
    const devices: ModbusPlan['devices'] = new Map();
    for (const { id, settings } of input.devices) {
      const device = issues.parse(deviceSchema, settings ?? {}, `devices[${id}].settings`);
      if (device) devices.set(id, device);
    }
    const points: ModbusPlan['points'] = new Map();
    for (const { id, deviceId, address, dataType, scanRateMs, writable } of input.points) {
      const device = devices.get(deviceId);
      if (!device) {
        if (!input.devices.some((candidate) => candidate.id === deviceId)) {
          issues.add(`points[${id}].deviceId`, `There is no device "${deviceId}" behind this connection.`);
        }
        continue;
      }
      const point = parsePoint({ id, address, dataType, writable }, device, issues);
      if (point) points.set(id, { deviceId, scanRateMs, writable, point });
    }
    issues.finish();
    return { connection: connection!, devices, points };
  },
  create: (plan, context) => new ModbusDriver(plan, context),
};

function checkConnection(connection: ModbusConnection, issues: IssueCollector): void {
  const { host, serial, framing, tls, maxInFlight, reconnectMinMs, reconnectMaxMs } = connection;
  if (!host && !serial) issues.add('connection.host', 'A host, or a serial line, is needed.');
  if (host && serial) issues.add('connection.serial', 'Either a host or a serial line, not both.');
  if (serial && framing === 'tcp') issues.add('connection.framing', 'A serial line carries RTU frames.');
  if (serial && tls) issues.add('connection.tls', 'A serial line has no TLS.');
  if (maxInFlight > 1 && (serial || framing === 'rtu')) {
    issues.add('connection.maxInFlight', 'RTU has no transaction ids: one request at a time.');
  }
  if (reconnectMaxMs < reconnectMinMs) issues.add('connection.reconnectMaxMs', 'Less than reconnectMinMs.');
}
