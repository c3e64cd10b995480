/**
 * Whether a gateway runs out of room: its buffer against its bound, and the disk beneath. It is told once when it grows worse,
 * as an alert the rule `storage-low` waits for, and not again while the fill hovers about a bound.
 */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { HealthMessage } from '../../../layers/station/messages.ts';
import { raiseAlert } from '../../platform/contract.ts';

export const storageLevels = ['ok', 'low', 'full'] as const;
export type StorageLevel = (typeof storageLevels)[number];

/** Shares that are used: low from the first on, well again below the second. */
const bounds = { buffer: { low: 0.8, well: 0.7 }, disk: { low: 0.9, well: 0.85 } } as const;

type Storage = Pick<HealthMessage, 'store' | 'disk'>;

/** Shares in use, 0 to 1; undefined where the gateway does not tell. */
function usedShares({ store, disk }: Storage): { buffer: number | undefined; disk: number | undefined } {
  return {
    buffer: store?.maxBytes ? store.bytes / store.maxBytes : undefined,
    disk: disk?.totalBytes ? 1 - disk.freeBytes / disk.totalBytes : undefined,
  };
}

/** @param before what it was: once low, it is low until there is clearly more room */
export function judgeStorage(health: Storage, before: StorageLevel = 'ok'): StorageLevel {
  if (health.store !== undefined && health.store.state !== 'ok') return 'full';
  const used = usedShares(health);
  const bound = before === 'ok' ? 'low' : 'well';
  const isLow = (['buffer', 'disk'] as const).some((kind) => (used[kind] ?? 0) >= bounds[kind][bound]);
  return isLow ? 'low' : 'ok';
}

export const isWorse = (level: StorageLevel, before: StorageLevel = 'ok'): boolean =>
  storageLevels.indexOf(level) > storageLevels.indexOf(before);

/** The alert of the key that the rule `storage-low` waits for. */
export function raiseStorageLow(unit: UnitOfWork, stationId: string, level: StorageLevel, health: Storage): void {
  const used = usedShares(health);
  const percent = (share: number | undefined) => (share === undefined ? null : Math.round(share * 100));
  const { store, disk } = health;
  raiseAlert(unit, {
    alertType: 'system',
    severity: level === 'full' ? 'critical' : 'warning',
    title:
      level === 'full'
        ? {
            en: `The gateway of ${stationId} has no room left for values`,
            ar: `لا توجد مساحة متبقية للقيم في بوابة ${stationId}`,
          }
        : { en: `The gateway of ${stationId} runs out of room`, ar: `مساحة التخزين في بوابة ${stationId} تنفد` },
    sourceSystem: 'scada',
    dedupeKey: `storage-low/${stationId}`,
    alertData: {
      stationId,
      level,
      bufferPercent: percent(used.buffer),
      diskPercent: percent(used.disk),
      bufferedMessages: store?.messages ?? null,
      droppedValues: store?.droppedValues ?? null,
      freeBytes: disk?.freeBytes ?? null,
    },
  });
}
