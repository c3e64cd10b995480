/**
 * What devices say of themselves, on `acrel/{station}/device/{id}/status`: that they are there, what they run by, and how an
 * update goes. Who may publish for the station says whose the message is; which device it names must be of that station.
 */
import * as z from 'zod/mini';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import { decodeMessage } from '../../../layers/metering/reading-message.ts';
import { parseTime } from '../../../layers/metering/reading-time.ts';
import { isRejection } from '../../../layers/metering/rejection-reasons.ts';
import type { DeviceMessage } from '../ingest/device-message.ts';
import { stationSessions } from '../ingest/station-tenants.ts';
import { iotDeviceEntity } from './device-entity.ts';
import { configurationReported } from './device-events.ts';
import { type DeviceState, updateStates } from './device-schema.ts';
import { noteDevice } from './presence.ts';
import { countOutcome } from './rollout.ts';

const topicPattern = /^acrel\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/device\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/status$/;

const text = (max: number) =>
  z.optional(
    z.pipe(
      z.string(),
      z.transform((given) => given.slice(0, max)),
    ),
  );
const statusSchema = z.object({
  timestamp: z.string(),
  firmware_version: z.optional(z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/))),
  config_version: z.optional(z.int().check(z.gte(0))),
  config_problem: text(500),
  update: z.optional(
    z.object({
      rollout_id: z.string().check(z.regex(/^rol_[0-9A-HJKMNP-TV-Z]{26}$/)),
      state: z.enum(updateStates),
      percent: z.optional(z.number().check(z.gte(0), z.lte(100))),
      error: text(500),
    }),
  ),
});
type Status = z.infer<typeof statusSchema>;

/** @returns ids of messages that must come again */
export async function takeDeviceStatus(messages: readonly DeviceMessage[]): Promise<Set<string>> {
  const unfinished = new Set<string>();
  // In order: what a device said later counts.
  for (const message of messages) {
    try {
      const problem = await takeStatus(message);
      if (problem === undefined) continue;
      // These messages carry nothing that is billed, so what is wrong with one is counted and said, not kept.
      countMetric('DeviceStatusRefused', 1);
      logger.warn('device status refused', { topic: message.topic.slice(0, 200), clientId: message.clientId, problem });
    } catch (error) {
      logger.error('device status not stored', { topic: message.topic, error: error as Error });
      unfinished.add(message.id);
    }
  }
  return unfinished;
}

async function takeStatus({ topic, data, receivedMs }: DeviceMessage): Promise<string | undefined> {
  const [, stationId, deviceId] = topicPattern.exec(topic) ?? [];
  if (stationId === undefined || deviceId === undefined) return 'unknown topic';
  const session = (await stationSessions([stationId])).get(stationId);
  if (session === undefined) return 'unknown station';
  const decoded = decodeMessage(data);
  if (isRejection(decoded)) return decoded.detail;
  const { data: status, error } = statusSchema.safeParse(decoded.value);
  if (status === undefined) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const timeMs = parseTime(status.timestamp);
  if (timeMs === undefined) return 'timestamp: not RFC 3339';
  const device = await session.get(iotDeviceEntity, { id: deviceId }, { consistent: true });
  if (device === undefined || device.stationId !== stationId) return `no device "${deviceId}" at this station`;
  if (device.status !== 'provisioned') return `device "${deviceId}" is ${device.status}`;
  // Nobody lives in the future, whatever a device’s clock says.
  const at = new Date(Math.min(timeMs, receivedMs)).toISOString();
  await noteDevice(session, device, Math.min(timeMs, receivedMs), reported(status, at), (unit, before) => {
    const version = status.config_version;
    const problem = status.config_problem;
    if (version === before.reportedConfigurationVersion && problem === before.configurationProblem) return;
    if (version === undefined && problem === undefined) return;
    unit.emit(configurationReported, {
      aggregateId: deviceId,
      payload: {
        deviceId,
        ...(version === undefined ? {} : { version }),
        ...(problem === undefined ? {} : { problem }),
      },
    });
  });
  const { update } = status;
  if (update?.state === 'installed' || update?.state === 'failed')
    await countOutcome(session, {
      rolloutId: update.rollout_id,
      deviceId,
      outcome: update.state,
      at,
      ...(update.error === undefined ? {} : { error: update.error }),
    });
  return undefined;
}

function reported({ firmware_version, config_version, config_problem, update }: Status, at: string) {
  const changes: { [P in keyof DeviceState]?: DeviceState[P] | null } = {};
  if (firmware_version !== undefined) changes.firmwareVersion = firmware_version;
  if (config_version !== undefined) {
    changes.reportedConfigurationVersion = config_version;
    changes.configurationProblem = null as never;
  }
  if (config_problem !== undefined) changes.configurationProblem = config_problem;
  if (update !== undefined) {
    const { rollout_id: rolloutId, state, percent, error } = update;
    changes.update = {
      rolloutId,
      state,
      ...(percent === undefined ? {} : { percent }),
      ...(error === undefined ? {} : { error }),
      at,
    };
  }
  return changes as Partial<DeviceState>;
}
