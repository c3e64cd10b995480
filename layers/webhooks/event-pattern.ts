/** Patterns of event types that endpoints subscribe to: `*`, `invoice.paid`, or everything below a name as `invoice.*`. */

const syntax = /^(?:\*|[a-z0-9_]+(?:\.[a-z0-9_]+)*(?:\.\*)?)$/;

export const isEventPattern = (text: string): boolean => text.length <= 100 && syntax.test(text);

export function matchesEventType(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

export function matchesAnyPattern(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matchesEventType(pattern, type));
}

/** Why a pattern cannot be subscribed to, or undefined: it must match a type somebody publishes. */
export function patternProblem(pattern: string, knownTypes: readonly string[]): string | undefined {
  if (!isEventPattern(pattern)) return `"${pattern}" is not an event type, "<name>.*" or "*".`;
  if (pattern === '*' || knownTypes.some((type) => matchesEventType(pattern, type))) return undefined;
  const near = nearest(pattern, knownTypes);
  return `No event type matches "${pattern}".${near ? ` Did you mean "${near}"?` : ''} The list is at /api/v1/developer/events/catalog.`;
}

function nearest(pattern: string, knownTypes: readonly string[]): string | undefined {
  const bare = pattern.replace(/\.\*$/, '');
  const scored = knownTypes
    .map((type) => ({ type, distance: editDistance(bare, type) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return scored !== undefined && scored.distance <= Math.max(2, bare.length / 3) ? scored.type : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
