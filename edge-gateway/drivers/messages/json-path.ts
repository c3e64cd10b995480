/** Where a value is in a JSON document: `$.phases[0].voltage`, `data.temp`, `["odd key"].x`. Reads, and never computes. */

export type JsonPath = readonly (string | number)[];

const step = /^(?:\.?([A-Za-z_$][\w$-]*)|\[(\d{1,6})\]|\["([^"\\]{1,100})"\]|\['([^'\\]{1,100})'\])/;
const maxSteps = 32;

/** @returns undefined when the text is no path */
export function parseJsonPath(text: string): JsonPath | undefined {
  const path: (string | number)[] = [];
  let rest = text.replace(/^\$(?=$|\.|\[)/, '');
  while (rest.length > 0) {
    const match = step.exec(rest);
    if (!match || path.length >= maxSteps) return undefined;
    // Only the first step may stand without its dot.
    if (match[1] !== undefined && path.length > 0 && !rest.startsWith('.')) return undefined;
    path.push(match[2] === undefined ? (match[1] ?? match[3] ?? match[4])! : Number(match[2]));
    rest = rest.slice(match[0].length);
  }
  return path;
}

/** Own properties alone: a document may name `constructor` as it likes. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
