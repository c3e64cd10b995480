/**
 * Archives of a bus and their replay. Replayed events carry `replay-name` and are not archived again.
 * @see EventBridge User Guide, "Archiving and replaying events in Amazon EventBridge"
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../../runtime/types.ts';
import type { BusEvent } from './event.ts';
import { compilePattern, type Matcher } from './pattern.ts';

export interface Archive {
  name: string;
  arn: string;
  busName: string;
  /** Days; 0 keeps events for ever. */
  retentionDays: number;
  matches: Matcher;
}

const DAY_MS = 86_400_000;

export class ArchiveStore {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #clock: Clock;

  constructor(dataDir: string | undefined, clock: Clock) {
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
    this.#db = new DatabaseSync(dataDir === undefined ? ':memory:' : join(dataDir, 'events.sqlite'));
    this.#db.exec(`pragma journal_mode = wal; pragma synchronous = normal;
      create table if not exists archived (archive text, at real, event text);
      create index if not exists archived_by_time on archived (archive, at);`);
    this.#insert = this.#db.prepare('insert into archived values (?, ?, ?)');
    this.#clock = clock;
  }

  keep(archive: Archive, event: BusEvent): void {
    this.#insert.run(archive.name, this.#clock.now(), JSON.stringify(event));
  }

  count(archive: Archive): number {
    this.#expire(archive);
    return Number(this.#db.prepare('select count(*) as n from archived where archive = ?').get(archive.name)!['n']);
  }

  /** Events received from `start` to `end`, oldest first. */
  *read(archive: Archive, start: number, end: number): Generator<BusEvent> {
    this.#expire(archive);
    const rows = this.#db
      .prepare('select event from archived where archive = ? and at >= ? and at <= ? order by at, rowid')
      .iterate(archive.name, start, end);
    for (const { event } of rows) yield JSON.parse(event as string) as BusEvent;
  }

  close(): void {
    this.#db.close();
  }

  #expire({ name, retentionDays }: Archive): void {
    if (retentionDays === 0) return;
    this.#db
      .prepare('delete from archived where archive = ? and at < ?')
      .run(name, this.#clock.now() - retentionDays * DAY_MS);
  }
}

export function readArchive(
  properties: Record<string, any>,
  name: string,
  place: { region: string; accountId: string },
): Archive {
  return {
    name,
    arn: `arn:aws:events:${place.region}:${place.accountId}:archive/${name}`,
    busName: String(properties['SourceArn']).replace(/^.*event-bus\//, ''),
    retentionDays: Number(properties['RetentionDays'] ?? 0),
    matches: properties['EventPattern'] === undefined ? () => true : compilePattern(properties['EventPattern']),
  };
}
