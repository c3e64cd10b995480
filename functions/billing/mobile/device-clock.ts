/** Times by a device’s clock, put right by what the clock showed when the device spoke to the server. */

/** Less than this is the way of the request, not a wrong clock. */
export const toleratedSkewMs = 120_000;

/** How far the device’s clock is behind the server’s, milliseconds; 0 when it is as good as right. */
export function skewOf(deviceTime: string | undefined, nowMs: number): number {
  if (deviceTime === undefined) return 0;
  const skew = nowMs - Date.parse(deviceTime);
  return Math.abs(skew) <= toleratedSkewMs ? 0 : skew;
}

const dayMs = 86_400_000;

/**
 * When it really was; never after now. A time more than a day before its route was made is one that no clock showed which was
 * right: it would move a reading into another bill and cash to a day on which less was collected. It counts as now.
 */
export function correctedTime(deviceTime: string, skewMs: number, nowMs: number, routeMadeAt?: string): string {
  const time = Math.min(Date.parse(deviceTime) + skewMs, nowMs);
  const isBelieved = routeMadeAt === undefined || time >= Date.parse(routeMadeAt) - dayMs;
  return new Date(isBelieved ? time : nowMs).toISOString();
}
