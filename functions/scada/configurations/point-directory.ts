/**
 * What ingest must know of a station's points, packed beside each configuration: a point of a hundred thousand takes some
 * forty bytes here, and a function reads all of a station with a few requests instead of one for each.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { PointRole } from '../points/point-schema.ts';
import { pageSize } from '../values/last-values.ts';

export interface DirectoryEntry {
  pointId: string;
  deviceId: string;
  /** Of the last values. */
  page: number;
  role?: PointRole | undefined;
  networkElementId?: string | undefined;
  assetId?: string | undefined;
  name?: string | undefined;
}

/** What an entry is made of. */
export interface DirectoryPoint extends Omit<DirectoryEntry, 'pointId' | 'page'> {
  id: string;
}

/** Points of a device fill its pages in the order of their ids. */
export function toDirectory(points: readonly DirectoryPoint[]): DirectoryEntry[] {
  const places = new Map<string, number>();
  return [...points]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, deviceId, role, networkElementId, assetId, name }) => {
      const place = places.get(deviceId) ?? 0;
      places.set(deviceId, place + 1);
      return { pointId: id, deviceId, page: Math.floor(place / pageSize), role, networkElementId, assetId, name };
    });
}

type Packed = [pointId: string, page: number, rest?: Partial<DirectoryEntry>];

/** By device, since its id is the same for many. Names are only kept where a role makes events of the point. */
export function packDirectory(entries: readonly DirectoryEntry[]): Buffer {
  const byDevice: Record<string, Packed[]> = {};
  for (const { pointId, deviceId, page, name, ...rest } of entries) {
    const known = Object.fromEntries(
      Object.entries(rest.role === undefined ? { assetId: rest.assetId } : { ...rest, name }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    byDevice[deviceId] ??= [];
    byDevice[deviceId].push(Object.keys(known).length === 0 ? [pointId, page] : [pointId, page, known]);
  }
  return gzipSync(JSON.stringify(byDevice));
}

export function unpackDirectory(bytes: Uint8Array): Map<string, DirectoryEntry> {
  const byDevice = JSON.parse(gunzipSync(bytes).toString('utf8')) as Record<string, Packed[]>;
  const entries = new Map<string, DirectoryEntry>();
  for (const [deviceId, list] of Object.entries(byDevice))
    for (const [pointId, page, rest] of list) entries.set(pointId, { pointId, deviceId, page, ...rest });
  return entries;
}
