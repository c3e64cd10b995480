/** A configuration of an MQTT connection, checked: topics made whole, paths parsed. */
import type { DriverPlan } from '../../runtime/driver.ts';
import { IssueCollector } from '../configuration-error.ts';
import { type JsonPath, parseJsonPath } from '../messages/json-path.ts';
import { type MessagePoint, parseMessagePoint } from '../messages/message-point.ts';
import {
  addressSchema,
  connectionSchema,
  deviceSchema,
  type MqttCommand,
  type MqttConnection,
  type MqttDevice,
} from './settings.ts';

export interface Confirmation {
  topic: string;
  idPath: JsonPath | undefined;
  path: JsonPath | undefined;
  success: ReadonlySet<unknown>;
  timeoutMs: number;
}

export interface MqttPoint {
  topic: string;
  message: MessagePoint;
  command: (Omit<MqttCommand, 'confirm'> & { confirm: Confirmation | undefined }) | undefined;
}

export interface PlannedDevice extends Pick<MqttDevice, 'offlineAfterMs' | 'request'> {
  availability: { topic: string; path: JsonPath | undefined; online: ReadonlySet<unknown> } | undefined;
}

export type MqttPlan = DriverPlan<MqttConnection, PlannedDevice, MqttPoint>;

type Input = {
  connection: unknown;
  devices: { id: string; settings: unknown }[];
  points: { id: string; deviceId: string; address: unknown; dataType: string; scanRateMs: number; writable: boolean }[];
};

/** @throws ConfigurationError */
export function parsePlan(input: Input): MqttPlan {
  const issues = new IssueCollector();
  const connection = issues.parse(connectionSchema, input.connection, 'connection');
  if (connection) checkConnection(connection, issues);
  const settings = new Map<string, MqttDevice>();
  const devices: MqttPlan['devices'] = new Map();
  for (const device of input.devices) {
    const parsed = issues.parse(deviceSchema, device.settings ?? {}, `devices[${device.id}].settings`);
    if (!parsed) continue;
    settings.set(device.id, parsed);
    devices.set(device.id, planDevice(device.id, parsed, issues));
  }
  const points: MqttPlan['points'] = new Map();
  for (const { id, deviceId, address, dataType, scanRateMs, writable } of input.points) {
    const place = `points[${id}]`;
    const device = settings.get(deviceId);
    if (!device && !input.devices.some((candidate) => candidate.id === deviceId)) {
      issues.add(`${place}.deviceId`, `There is no device "${deviceId}" behind this connection.`);
    }
    const parsed = issues.parse(addressSchema, objectOf(address), `${place}.address`);
    if (!device || !parsed) continue;
    if (writable && !parsed.command) issues.add(`${place}.address.command`, 'A writable point needs a command.');
    const message = parseMessagePoint(parsed, dataType, place, issues);
    if (!message) continue;
    const command = parsed.command && planCommand(parsed.command, device, `${place}.address.command`, issues);
    points.set(id, { deviceId, scanRateMs, writable, point: { topic: whole(parsed.topic, device), message, command } });
  }
  issues.finish();
  return { connection: connection!, devices, points };
}

/** `"plant/pump#$.speed"`: topic and path. A topic holds no `#`. */
function objectOf(address: unknown): unknown {
  if (typeof address !== 'string') return address;
  const [topic, ...path] = address.split('#');
  return path.length === 0 ? { topic } : { topic, path: path.join('#') };
}

/** A leading `/` marks a topic that is whole already, and is no part of it. */
function whole(topic: string, { baseTopic }: MqttDevice): string {
  if (topic.startsWith('/')) return topic.slice(1);
  return baseTopic === undefined ? topic : `${baseTopic.replace(/\/$/, '')}/${topic}`;
}

function planDevice(id: string, device: MqttDevice, issues: IssueCollector): PlannedDevice {
  const { availability, request, offlineAfterMs } = device;
  const place = `devices[${id}].settings.availability.path`;
  return {
    offlineAfterMs,
    request: request && { ...request, topic: whole(request.topic, device) },
    availability: availability && {
      topic: whole(availability.topic, device),
      path: pathOf(availability.path, place, issues),
      online: new Set(availability.online),
    },
  };
}

function planCommand(
  command: MqttCommand,
  device: MqttDevice,
  place: string,
  issues: IssueCollector,
): MqttPoint['command'] {
  const { confirm } = command;
  return {
    ...command,
    topic: whole(command.topic, device),
    confirm: confirm && {
      topic: whole(confirm.topic, device),
      idPath: pathOf(confirm.idPath, `${place}.confirm.idPath`, issues),
      path: pathOf(confirm.path, `${place}.confirm.path`, issues),
      success: new Set(confirm.success),
      timeoutMs: confirm.timeoutMs,
    },
  };
}

function pathOf(text: string | undefined, place: string, issues: IssueCollector): JsonPath | undefined {
  const path = text === undefined ? undefined : parseJsonPath(text);
  if (text !== undefined && !path) issues.add(place, `"${text}" is no path such as "$.state".`);
  return path;
}

function checkConnection(connection: MqttConnection, issues: IssueCollector): void {
  const { authType, credentials, isPersistent, clientId } = connection;
  if (authType === 'basic' && !credentials?.username) issues.add('connection.credentials.username', 'It is missing.');
  if (isPersistent && !clientId) issues.add('connection.clientId', 'A session that persists needs an id of its own.');
}
