/** The misbehaviour that tests ask for, at the points where AWS could misbehave. */
import type { CapacityKind } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { throughputExceeded } from '../errors.ts';
import type { Table } from '../tables/table.ts';

export function throttle({ context, metrics }: Engine, table: Table, kind: CapacityKind): void {
  const { name } = table.entry.definition;
  if (context.faults.strike('dynamodb.throttle', name) === undefined) return;
  metrics.throttled(kind, name);
  throw throughputExceeded();
}

/** Whether one element of a batch is left unprocessed. */
export function leavesUnprocessed({ context }: Engine, table: Table): boolean {
  return context.faults.strike('dynamodb.unprocessed', table.entry.definition.name) !== undefined;
}
