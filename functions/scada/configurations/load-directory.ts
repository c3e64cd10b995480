/**
 * The directory of a station's points as ingest sees it: of the configuration published last, remembered per function
 * instance. A point that is not in it, because it is younger or its configuration was not published, is looked up itself.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { pointEntity } from '../points/point-entity.ts';
import { type DirectoryEntry, unpackDirectory } from './point-directory.ts';
import { latestVersion, readParts } from './version-entity.ts';

export interface Directory {
  points: Map<string, DirectoryEntry>;
}

interface Remembered extends Directory {
  buildId: string | undefined;
  checkedAt: number;
  /** Points nobody has, and until when that is believed. */
  unknownUntil: Map<string, number>;
}

const recheckMs = 20_000;
const unknownMs = 10_000;
/** Stations one instance remembers; a hundred thousand points of one take some twenty megabytes. */
const maxStations = 50;
/** What lies beyond the pages by number: points that are in no directory yet. */
const loosePage = 9_000;

const remembered = new Map<string, Remembered>();

/** @param needed points that are looked up when the directory does not hold them */
export async function directoryOf(
  session: TenantSession,
  stationId: string,
  needed: Iterable<string> = [],
): Promise<Directory> {
  const directory = await published(session, stationId);
  const now = Date.now();
  const missing: string[] = [];
  for (const id of needed)
    if (!directory.points.has(id) && (directory.unknownUntil.get(id) ?? 0) <= now) missing.push(id);
  if (missing.length > 0) await lookUp(session, stationId, directory, [...new Set(missing)]);
  return directory;
}

async function published(session: TenantSession, stationId: string): Promise<Remembered> {
  const known = remembered.get(stationId);
  const now = Date.now();
  if (known !== undefined && known.checkedAt + recheckMs > now && known.checkedAt <= now) return known;
  const latest = await latestVersion(session, stationId);
  if (known !== undefined && known.buildId === latest?.buildId) {
    known.checkedAt = now;
    return known;
  }
  const points =
    latest === undefined
      ? new Map<string, DirectoryEntry>()
      : unpackDirectory(await readParts(session, latest, 'directory'));
  const fresh = { points, buildId: latest?.buildId, checkedAt: now, unknownUntil: new Map<string, number>() };
  // The one that was remembered first goes first.
  if (remembered.size >= maxStations) remembered.delete(remembered.keys().next().value!);
  remembered.set(stationId, fresh);
  return fresh;
}

async function lookUp(
  session: TenantSession,
  stationId: string,
  directory: Remembered,
  ids: readonly string[],
): Promise<void> {
  const rows = await session.getMany(
    pointEntity,
    ids.map((id) => ({ id })),
  );
  const own = rows.filter((row) => row.stationId === stationId);
  const devices = await session.getMany(
    deviceEntity,
    [...new Set(own.map(({ deviceId }) => deviceId))].map((id) => ({ id })),
  );
  const assetOf = new Map(devices.map(({ id, assetId }) => [id, assetId]));
  for (const { id, deviceId, role, networkElementId, name } of own)
    directory.points.set(id, {
      pointId: id,
      deviceId,
      page: loosePage,
      role,
      networkElementId,
      assetId: assetOf.get(deviceId),
      name,
    });
  const until = Date.now() + unknownMs;
  if (directory.unknownUntil.size > 50_000) directory.unknownUntil.clear();
  for (const id of ids) if (!directory.points.has(id)) directory.unknownUntil.set(id, until);
}
