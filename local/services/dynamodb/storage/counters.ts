/** Numbers that must never come twice, also not after a restart. */
import type { Database } from './database.ts';

/** The next number of that name, starting with 1. */
export function nextNumber(database: Database, name: string): number {
  const row = database
    .prepare(
      'INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value',
    )
    .get(name) as { value: number };
  return row.value;
}

export function readCounter(database: Database, name: string): number {
  const row = database.prepare('SELECT value FROM counters WHERE name = ?').get(name) as { value: number } | undefined;
  return row?.value ?? 0;
}

export function writeCounter(database: Database, name: string, value: number): void {
  database
    .prepare('INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
    .run(name, value);
}
