/** Builds the tree of what caused what among the events of one correlation. */
import type { EventPointer } from './event-record.ts';
import type { CausationNode } from './schemas.ts';

/** @param events in order of time. @returns the events whose cause is not among them, each with its descendants */
export function buildCausationTree(events: readonly EventPointer[], subjectId: string): CausationNode[] {
  const nodes = new Map<string, CausationNode>();
  for (const { id, eventType, eventSource, aggregateType, aggregateId, createdAt } of events) {
    const isSubject = id === subjectId;
    nodes.set(id, { id, eventType, eventSource, aggregateType, aggregateId, createdAt, isSubject, causes: [] });
  }
  const causeOf = new Map(events.map(({ id, causationId }) => [id, causationId]));
  const roots: CausationNode[] = [];
  for (const [id, node] of nodes) {
    const cause = causeOf.get(id);
    const parent = cause === undefined ? undefined : nodes.get(cause);
    if (parent === undefined || isInCycle(id, causeOf)) roots.push(node);
    else parent.causes.push(node);
  }
  return roots;
}

/** Causes always come earlier, but a row that says otherwise must not hang the reader. */
function isInCycle(id: string, causeOf: ReadonlyMap<string, string | undefined>): boolean {
  const seen = new Set<string>();
  for (let current: string | undefined = id; current !== undefined; current = causeOf.get(current)) {
    if (seen.has(current)) return current === id;
    seen.add(current);
  }
  return false;
}
