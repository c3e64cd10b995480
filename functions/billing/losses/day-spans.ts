/** Spans of local days: `to` is the first day that is not in them, and missing while they go on. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { earlier, later } from '../../../layers/tariff/calendar.ts';
import type { DaySpan } from './loss-area-entity.ts';

export const overlap = (a: DaySpan, b: DaySpan): boolean =>
  (b.to === undefined || a.from < b.to) && (a.to === undefined || b.from < a.to);

export const byDay = (a: DaySpan, b: DaySpan): number => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0);

/** Refuses spans of a meter, point or known load that end before they begin, or share a day: `unprocessable`. */
export function refuseBadSpans(named: string, spans: readonly DaySpan[]): void {
  const empty = spans.find(({ from, to }) => to !== undefined && to <= from);
  if (empty)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Days of "${named}" that begin on ${empty.from} cannot end on ${empty.to}.`,
        ar: `أيام "${named}" التي تبدأ في ${empty.from} لا يمكن أن تنتهي في ${empty.to}.`,
      },
    });
  const sorted = [...spans].sort(byDay);
  const twice = sorted.find((span, i) => i > 0 && overlap(sorted[i - 1]!, span));
  if (twice)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `"${named}" is named twice for ${twice.from}.`,
        ar: `ذُكر "${named}" مرتين ليوم ${twice.from}.`,
      },
    });
}

/** The part within a period, or undefined. */
export function clip(span: DaySpan, period: { from: string; to: string }): { from: string; to: string } | undefined {
  const [from, to] = [later(span.from, period.from), earlier(span.to ?? period.to, period.to)];
  return from < to ? { from, to } : undefined;
}

/** Days of all spans together, each once, in order; spans that touch become one. */
export function union(spans: readonly { from: string; to: string }[]): { from: string; to: string }[] {
  const joined: { from: string; to: string }[] = [];
  for (const { from, to } of [...spans].sort(byDay)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = later(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
