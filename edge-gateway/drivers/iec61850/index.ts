/** Servers of IEC 61850 as a driver of the gateway: settings and addresses are checked here, long before it connects. */
import type { DriverModule } from '../../runtime/driver.ts';
import { IssueCollector } from '../configuration-error.ts';
import { type IecPoint, parseAddress } from './address.ts';
import { IecDriver, type IecPlan } from './driver.ts';
import { connectionSchema, deviceSchema, type IecConnection, type IecDevice } from './settings.ts';

export const iec61850Driver: DriverModule<IecConnection, IecDevice, IecPoint> = {
  protocol: 'iec61850',
  parse(input) {
    const issues = new IssueCollector();
    const connection = issues.parse(connectionSchema, input.connection, 'connection');
    if (connection) checkConnection(connection, issues);
    const devices: IecPlan['devices'] = new Map();
    for (const { id, settings } of input.devices) {
      const device = issues.parse(deviceSchema, settings ?? {}, `devices[${id}].settings`);
      if (device) devices.set(id, device);
    }
    checkReports(devices, issues);
    const points: IecPlan['points'] = new Map();
    for (const { id, deviceId, address, scanRateMs, writable } of input.points) {
      if (!input.devices.some((device) => device.id === deviceId)) {
        issues.add(`points[${id}].deviceId`, `There is no device "${deviceId}" behind this connection.`);
        continue;
      }
      const point = parseAddress(address, writable, `points[${id}].address`, issues);
      if (point) points.set(id, { deviceId, scanRateMs, writable, point });
    }
    issues.finish();
    return { connection: connection!, devices, points };
  },
  create: (plan, context) => new IecDriver(plan, context),
};

function checkConnection(connection: IecConnection, issues: IssueCollector): void {
  const { authType, credentials, tls, serverName, reconnectMinMs, reconnectMaxMs } = connection;
  if (authType === 'basic' && !credentials?.password) issues.add('connection.credentials.password', 'It is missing.');
  if (authType === 'certificate') {
    if (!tls) issues.add('connection.tls', 'Certificates need TLS.');
    if (!credentials?.certificate) issues.add('connection.credentials.certificate', 'It is missing.');
    if (!credentials?.privateKey) issues.add('connection.credentials.privateKey', 'It is missing.');
  }
  if (serverName && !tls) issues.add('connection.serverName', 'It needs TLS.');
  if (reconnectMaxMs < reconnectMinMs) issues.add('connection.reconnectMaxMs', 'Less than reconnectMinMs.');
}

/** A control block has one client, and so one device to report for. */
function checkReports(devices: IecPlan['devices'], issues: IssueCollector): void {
  const seen = new Set<string>();
  for (const [id, { reports }] of devices) {
    for (const [at, { control }] of reports.entries()) {
      if (seen.has(control)) issues.add(`devices[${id}].settings.reports.${at}.control`, `${control} is used twice.`);
      seen.add(control);
    }
  }
}
