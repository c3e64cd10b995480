/** A profile and a device become points of a station's configuration. */
import type * as z from 'zod/mini';
import type { pointSchema } from '../../layers/station/station-configuration.ts';
import type { Profile, ProfilePoint, Ratio } from './profile.ts';
import { profiles } from './registry.ts';

export type PointInput = z.input<typeof pointSchema>;

export interface ExpandOptions {
  deviceId: string;
  /** Voltage transformer's ratio, for meters that tell secondary values. @default 1 */
  pt?: number;
  /** Current transformer's ratio. @default 1 */
  ct?: number;
  /** @default 1000 */
  scanRateMs?: number;
  /** Of energies and other slow values. @default 60000 */
  slowScanRateMs?: number;
  /** Only these keys. @default all */
  keys?: readonly string[];
}

export interface ExpandedProfile {
  /** Settings for the device, to which its unit id is added. */
  deviceSettings: Profile['device'];
  points: PointInput[];
}

/** @throws RangeError for an unknown profile, key or ratio */
export function expandProfile(profileId: string, options: ExpandOptions): ExpandedProfile {
  const profile = profiles.find(({ id }) => id === profileId);
  if (!profile) throw new RangeError(`There is no profile "${profileId}": ${profiles.map(({ id }) => id).join(', ')}.`);
  const { keys } = options;
  const unknown = keys?.find((key) => !profile.points.some((point) => point.key === key));
  if (unknown !== undefined) throw new RangeError(`The profile "${profileId}" has no point "${unknown}".`);
  const chosen = keys ? profile.points.filter(({ key }) => keys.includes(key)) : profile.points;
  return { deviceSettings: profile.device, points: chosen.map((point) => expandPoint(point, options)) };
}

function expandPoint(point: ProfilePoint, options: ExpandOptions): PointInput {
  const { deviceId, scanRateMs = 1_000, slowScanRateMs = 60_000 } = options;
  const scaleFactor = (point.scaleFactor ?? 1) * ratioOf(point.ratio, options);
  return {
    id: `${deviceId}.${point.key}`,
    name: point.name,
    deviceId,
    pointType: point.pointType,
    address: { ...point.address },
    dataType: point.dataType,
    // Products of decimal fractions carry dust in their last bits: 0.001 × 40 is 0.04.
    scaleFactor: Number(scaleFactor.toPrecision(12)),
    ...(point.unit !== undefined && { unit: point.unit }),
    scanRateMs: point.isSlow || point.pointType === 'counter' ? slowScanRateMs : scanRateMs,
    writable: point.isWritable ?? false,
  };
}

function ratioOf(ratio: Ratio | undefined, { pt = 1, ct = 1 }: ExpandOptions): number {
  if (!(pt > 0) || !(ct > 0)) throw new RangeError(`Ratios of ${pt} and ${ct}: they are positive.`);
  if (ratio === 'pt') return pt;
  if (ratio === 'ct') return ct;
  return ratio === 'pt*ct' ? pt * ct : 1;
}
