/** Whether a value is news: it left the dead-band, its quality changed, it is an event, or nothing was told for long. */
import type { PointValue, Quality } from '../../../layers/station/point-value.ts';

export interface ReportRule {
  deadbandAbsolute?: number | undefined;
  deadbandPercent?: number | undefined;
  /** Between the limits of validity; undefined where there are none. */
  span?: number | undefined;
  refreshMs: number;
}

export interface Told {
  value: PointValue | undefined;
  quality: Quality;
  /** Monotonic. */
  atMs: number;
}

export function isNews(
  rule: ReportRule,
  told: Told | undefined,
  value: PointValue | undefined,
  quality: Quality,
  nowMs: number,
): boolean {
  if (!told || told.quality !== quality) return true;
  if (nowMs - told.atMs >= rule.refreshMs) return true;
  if (typeof value === 'number' && typeof told.value === 'number') return leftDeadband(rule, told.value, value);
  if (value instanceof Uint8Array && told.value instanceof Uint8Array)
    return Buffer.compare(Buffer.from(value), Buffer.from(told.value)) !== 0;
  return value !== told.value;
}

/** Less than every dead-band given is none: of two the wider holds. */
function leftDeadband({ deadbandAbsolute, deadbandPercent, span }: ReportRule, before: number, now: number): boolean {
  const percentOf = span ?? Math.abs(before);
  const band = Math.max(deadbandAbsolute ?? 0, ((deadbandPercent ?? 0) / 100) * percentOf);
  const change = Math.abs(now - before);
  return band === 0 ? change !== 0 : change >= band;
}
