/** Keeps the events of asynchronous invocations that a stop left unfinished, until the next start. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnfinishedEvent } from './async-invocations.ts';

export function keepUnfinishedEvents(dataDir: string, events: UnfinishedEvent[]): void {
  if (events.length > 0) writeFileSync(fileIn(dataDir), JSON.stringify(events));
}

/** The events kept at the last stop, once: the file is gone afterwards. */
export function takeUnfinishedEvents(dataDir: string): UnfinishedEvent[] {
  const file = fileIn(dataDir);
  if (!existsSync(file)) return [];
  const events = JSON.parse(readFileSync(file, 'utf8')) as UnfinishedEvent[];
  rmSync(file);
  return events;
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'lambda-unfinished-events.json');
}
