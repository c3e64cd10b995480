/** Times at which a rate-limited endpoint takes messages: evenly spaced, counted from where the last reservation ended. */

/** Messages due within this time are sent at once: SQS delays whole seconds, so waiting less is not worth a hop. */
export const slotToleranceMs = 1000;

/**
 * @param endMs end of the reserved span, as the database gave it after reserving `count` slots
 * @returns the start of each slot, in milliseconds
 */
export function slotTimes(endMs: number, count: number, ratePerSecond: number): number[] {
  const interval = 1000 / ratePerSecond;
  return Array.from({ length: count }, (_, i) => Math.ceil(endMs - (count - i) * interval));
}

export const slotSpanMs = (count: number, ratePerSecond: number): number => (count * 1000) / ratePerSecond;
