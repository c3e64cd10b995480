/**
 * Publishes a configuration: the parts are stored first, then the version with its event in one transaction, and then the
 * gateway is told. A version never changes; going back to an older one publishes it again under a new number.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { publishTopic } from '../../../layers/kernel/mqtt/publish-topic.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type ConfigurationDifference, diffConfigurations, isSame } from '../../../layers/scada/configuration-diff.ts';
import {
  configDownCodec,
  packConfiguration,
  partBytes,
  unpackConfiguration,
} from '../../../layers/station/messages.ts';
import type { StationConfiguration } from '../../../layers/station/station-configuration.ts';
import { downTopic } from '../../../layers/station/topics.ts';
import { configurationPublished } from '../events.ts';
import { buildConfiguration } from './build-configuration.ts';
import { type DirectoryEntry, packDirectory, unpackDirectory } from './point-directory.ts';
import {
  type ConfigurationPart,
  type ConfigurationVersion,
  latestVersion,
  partEntity,
  readParts,
  versionEntity,
} from './version-entity.ts';

export interface PublishOptions {
  publishedBy: string;
  comment?: string | undefined;
}

/** @throws AppError `conflict` when nothing changed, or somebody else published meanwhile; `unprocessable` */
export async function publishConfiguration(session: TenantSession, stationId: string, options: PublishOptions) {
  const latest = await latestVersion(session, stationId);
  const { document, directory } = await buildConfiguration(session, stationId, nextNumber(latest));
  if (latest !== undefined && (await isUnchanged(session, latest, document, directory)))
    throw new AppError('conflict', `Nothing changed since version ${latest.configurationVersion}.`);
  return store(session, document, packDirectory(directory), options);
}

/** Publishes an older version again. */
export async function restoreConfiguration(session: TenantSession, old: ConfigurationVersion, options: PublishOptions) {
  const latest = await latestVersion(session, old.stationId);
  const document = {
    ...(await readDocument(session, old)),
    version: nextNumber(latest),
    issuedAt: session.context.now(),
  };
  const directory = await readParts(session, old, 'directory');
  return store(session, document, directory, { ...options, restoredFrom: old.configurationVersion });
}

export async function readDocument(
  session: TenantSession,
  version: ConfigurationVersion,
): Promise<StationConfiguration> {
  return unpackConfiguration(await readParts(session, version, 'document'), version.sha256) as StationConfiguration;
}

/** What publishing now would change. */
export async function previewConfiguration(
  session: TenantSession,
  stationId: string,
): Promise<ConfigurationDifference> {
  const latest = await latestVersion(session, stationId);
  const { document } = await buildConfiguration(session, stationId, nextNumber(latest));
  return diffConfigurations(latest && (await readDocument(session, latest)), document);
}

const nextNumber = (latest: ConfigurationVersion | undefined): number => (latest?.configurationVersion ?? 0) + 1;

async function isUnchanged(
  session: TenantSession,
  latest: ConfigurationVersion,
  document: StationConfiguration,
  directory: DirectoryEntry[],
): Promise<boolean> {
  if (!isSame(diffConfigurations(await readDocument(session, latest), document))) return false;
  const before = unpackDirectory(await readParts(session, latest, 'directory'));
  const after = unpackDirectory(packDirectory(directory));
  return JSON.stringify([...before]) === JSON.stringify([...after]);
}

async function store(
  session: TenantSession,
  document: StationConfiguration,
  directory: Buffer,
  options: PublishOptions & { restoredFrom?: number },
): Promise<ConfigurationVersion & Stored> {
  const { stationId, version: configurationVersion, connections, devices, points, derivedPoints } = document;
  const { bytes, parts, sha256 } = packConfiguration(document);
  const buildId = newId('cfg');
  const rows = [
    ...toParts(stationId, buildId, 'document', bytes),
    ...toParts(stationId, buildId, 'directory', directory),
  ];
  await writeMany(rows.map((row) => putStep(session, partEntity, row)));
  const { publishedBy, comment, restoredFrom } = options;
  const row: ConfigurationVersion = {
    stationId,
    configurationVersion,
    issuedAt: document.issuedAt,
    publishedBy,
    ...(comment === undefined ? {} : { comment }),
    ...(restoredFrom === undefined ? {} : { restoredFrom }),
    sha256,
    parts,
    buildId,
    counts: {
      connections: connections.length,
      devices: devices.length,
      points: points.length,
      derivedPoints: derivedPoints.length,
    },
  };
  const stored = await session
    .transact('scada', (unit) => {
      const { buildId: _, ...payload } = row;
      unit.emit(configurationPublished, { aggregateId: stationId, payload });
      return unit.create(versionEntity, row);
    })
    .catch((error: unknown) => {
      if (isAppError(error) && error.code === 'already_exists')
        throw new AppError('conflict', 'Somebody else published a configuration of this station meanwhile.');
      throw error;
    });
  await announce(stored);
  return stored;
}

function* toParts(
  stationId: string,
  buildId: string,
  kind: ConfigurationPart['kind'],
  bytes: Buffer,
): Generator<ConfigurationPart> {
  for (let part = 1; (part - 1) * partBytes < bytes.length; part++)
    yield {
      stationId,
      buildId,
      kind,
      part,
      data: bytes.subarray((part - 1) * partBytes, part * partBytes).toString('base64'),
    };
}

/** A gateway that misses it asks when it connects, so an announcement that is lost costs only time. */
async function announce({ stationId, configurationVersion, sha256, parts }: ConfigurationVersion): Promise<void> {
  const payload = configDownCodec.encode({
    type: 'announce',
    version: configurationVersion,
    sha256,
    parts,
    timeMs: Date.now(),
  });
  const outcome = await publishTopic(downTopic(stationId, 'config'), payload);
  if (outcome.outcome !== 'taken') logger.warn('configuration not announced', { stationId, reason: outcome.reason });
}
