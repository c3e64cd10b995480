/** Answers a gateway that asks for its configuration, and keeps what it made of one. */

import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { type ConfigUpMessage, configDownCodec } from '../../../layers/station/messages.ts';
import { configurationApplied, configurationRefused } from '../events.ts';
import { noteAlive } from '../gateways/gateway-presence.ts';
import { type ConfigurationVersion, latestVersion, readPart, versionEntity } from './version-entity.ts';

/** @returns what to publish to the gateway, if anything */
export async function answerConfiguration(
  session: TenantSession,
  stationId: string,
  message: ConfigUpMessage,
): Promise<Buffer | undefined> {
  if (message.type === 'request') {
    const nowMs = Date.now();
    await noteAlive(session, stationId, nowMs, { configurationVersion: message.appliedVersion });
    return message.part === 0
      ? offer(session, stationId, message)
      : handOut(session, stationId, message.version, message.part);
  }
  const at = isoTime(message.timeMs);
  if (message.type === 'applied') {
    await noteAlive(session, stationId, Date.now(), { configurationVersion: message.version });
    await settle(session, stationId, message.version, { status: 'applied', at });
    return undefined;
  }
  const { stage, problems, version, appliedVersion } = message;
  await noteAlive(session, stationId, Date.now(), {
    configurationVersion: appliedVersion,
    refusedVersion: version,
    refusal: { stage, problems, at },
  });
  await settle(session, stationId, version, { status: 'refused', at, stage, problems });
  return undefined;
}

type Request = Extract<ConfigUpMessage, { type: 'request' }>;

/** What there is, unless the gateway has it, or has found it does not work there. */
async function offer(
  session: TenantSession,
  stationId: string,
  { version, appliedVersion, refusedVersion }: Request,
): Promise<Buffer> {
  const latest = await latestVersion(session, stationId);
  const timeMs = Date.now();
  const number = latest?.configurationVersion;
  const isNews = latest !== undefined && number !== version && number !== appliedVersion && number !== refusedVersion;
  if (!isNews) return configDownCodec.encode({ type: 'current', version: number ?? null, timeMs });
  const { sha256, parts } = latest;
  return configDownCodec.encode({ type: 'announce', version: number!, sha256, parts, timeMs });
}

async function handOut(
  session: TenantSession,
  stationId: string,
  version: number | null,
  part: number,
): Promise<Buffer | undefined> {
  const row = version === null ? undefined : await versionOf(session, stationId, version);
  if (row === undefined || part > row.parts) {
    logger.warn('part of a configuration that is not there', { stationId, version, part });
    return undefined;
  }
  const data = await readPart(session, row, part);
  return configDownCodec.encode({ type: 'part', version: row.configurationVersion, part, data });
}

const versionOf = (session: TenantSession, stationId: string, configurationVersion: number) =>
  session.get(versionEntity, { stationId, configurationVersion }, { consistent: true });

/** A word that comes again, or after a later one, changes nothing. */
async function settle(
  session: TenantSession,
  stationId: string,
  version: number,
  outcome: NonNullable<ConfigurationVersion['outcome']>,
): Promise<void> {
  await retryOnChangeOrMade(async () => {
    const row = await versionOf(session, stationId, version);
    if (row === undefined || (row.outcome !== undefined && row.outcome.at >= outcome.at)) return;
    await session.transact('scada', (unit) => {
      const {
        buildId: _,
        version: __,
        createdAt: ___,
        updatedAt: ____,
        ...payload
      } = unit.update(versionEntity, row, {
        outcome,
      });
      const definition = outcome.status === 'applied' ? configurationApplied : configurationRefused;
      unit.emit(definition as typeof configurationApplied, { aggregateId: stationId, payload, occurredAt: outcome.at });
    });
  });
}
