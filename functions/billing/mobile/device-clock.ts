/**
 * Times by a device’s clock, put right by what the clock showed when the device spoke to the server, and held against what the
 * server itself knows of when it was: a clock that somebody set does not decide which bill a reading is on.
 */

/** Less than this is the way of the request, not a wrong clock. */
export const toleratedSkewMs = 120_000;

/** How far the device’s clock is behind the server’s, milliseconds; 0 when it is as good as right. */
export function skewOf(deviceTime: string | undefined, nowMs: number): number {
  if (deviceTime === undefined) return 0;
  const skew = nowMs - Date.parse(deviceTime);
  return Math.abs(skew) <= toleratedSkewMs ? 0 : skew;
}

/**
 * Why a time is not believed: it was before the device was last heard of without the operation, after the operation was there
 * already, before there was a route to do it on, or the operations before and after it say otherwise.
 */
export const clockDoubts = ['before_hand_out', 'after_hand_in', 'before_route', 'out_of_order'] as const;
export type ClockDoubt = (typeof clockDoubts)[number];

/** What is known of when an operation was done, by the server’s clock; ISO 8601. */
export interface ClockBounds {
  /** The device was heard of then, and had not done it. */
  notBefore?: string | undefined;
  /** The device was heard of then, and had done it. */
  notAfter?: string | undefined;
  isOutOfOrder?: boolean | undefined;
  routeMadeAt?: string | undefined;
}

export interface JudgedTime {
  takenAt: string;
  clockDoubt?: ClockDoubt;
}

const dayMs = 86_400_000;

/**
 * When it really was, as near as can be said; never after now. One before the device had done it counts as then. A time more
 * than a day before its route was made is one that no clock showed which was right: it counts as now.
 */
export function judgeTime(deviceTime: string, skewMs: number, nowMs: number, bounds: ClockBounds = {}): JudgedTime {
  const { notBefore, notAfter, isOutOfOrder, routeMadeAt } = bounds;
  const timeMs = Math.min(Date.parse(deviceTime) + skewMs, nowMs);
  const is = (ms: number, clockDoubt?: ClockDoubt): JudgedTime => ({
    takenAt: new Date(ms).toISOString(),
    ...(clockDoubt === undefined ? {} : { clockDoubt }),
  });
  if (notBefore !== undefined && timeMs < Date.parse(notBefore) - toleratedSkewMs)
    return is(Date.parse(notBefore), 'before_hand_out');
  if (routeMadeAt !== undefined && timeMs < Date.parse(routeMadeAt) - dayMs) return is(nowMs, 'before_route');
  if (notAfter !== undefined && timeMs > Date.parse(notAfter) + toleratedSkewMs) return is(timeMs, 'after_hand_in');
  return is(timeMs, isOutOfOrder ? 'out_of_order' : undefined);
}

interface Numbered {
  id: string;
  /** In the order in which the device did them. */
  operationNumber?: number | undefined;
  time: string;
}

/** Those of which the device’s clock says that one done before was later, or one done after was earlier: it was set in between. */
export function outOfOrder(operations: readonly Numbered[]): Set<string> {
  const ordered = operations
    .flatMap(({ id, operationNumber, time }) =>
      operationNumber === undefined ? [] : [{ id, operationNumber, timeMs: Date.parse(time) }],
    )
    .sort((a, b) => a.operationNumber - b.operationNumber);
  const found = new Set<string>();
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const { id, timeMs } of ordered) {
    if (timeMs < latestMs - toleratedSkewMs) found.add(id);
    latestMs = Math.max(latestMs, timeMs);
  }
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const { id, timeMs } of ordered.reverse()) {
    if (timeMs > earliestMs + toleratedSkewMs) found.add(id);
    earliestMs = Math.min(earliestMs, timeMs);
  }
  return found;
}
