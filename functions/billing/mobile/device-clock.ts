/** Times by a device’s clock, put right by what the clock showed when the device spoke to the server. */

/** Less than this is the way of the request, not a wrong clock. */
export const toleratedSkewMs = 120_000;

/** How far the device’s clock is behind the server’s, milliseconds; 0 when it is as good as right. */
export function skewOf(deviceTime: string | undefined, nowMs: number): number {
  if (deviceTime === undefined) return 0;
  const skew = nowMs - Date.parse(deviceTime);
  return Math.abs(skew) <= toleratedSkewMs ? 0 : skew;
}

/** When it really was; never after now. */
export const correctedTime = (deviceTime: string, skewMs: number, nowMs: number): string =>
  new Date(Math.min(Date.parse(deviceTime) + skewMs, nowMs)).toISOString();
