/** The Common Log Format time that API Gateway puts into `requestContext`, e.g. `12/Mar/2020:19:03:58 +0000`. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
let cachedSecond = Number.NaN;
let cachedText = '';

/** Formats epoch milliseconds; requests of the same second share one string. */
export function clfTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second === cachedSecond) return cachedText;
  const date = new Date(second * 1000);
  const iso = date.toISOString();
  cachedSecond = second;
  cachedText = `${iso.slice(8, 10)}/${MONTHS[date.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
  return cachedText;
}
