/**
 * How far each stream consumer has come, per shard. Written behind like queues: a crash repeats the last
 * moment's batches, which at-least-once delivery allows.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Real time: how long positions may gather. */
const WRITE_BEHIND_MS = 50;

export interface Checkpoints {
  /** The last processed position; `''` when the consumer began before the first record, undefined when it never began. */
  get(consumer: string, shardId: string): string | undefined;
  set(consumer: string, shardId: string, position: string): void;
  close(): void;
}

/** @param name tells the files of different services apart */
export function openCheckpoints(dataDir: string | undefined, name: string): Checkpoints {
  const positions = new Map<string, string>();
  const keyOf = (consumer: string, shardId: string) => `${consumer}\n${shardId}`;
  if (dataDir === undefined)
    return {
      get: (consumer, shardId) => positions.get(keyOf(consumer, shardId)),
      set: (consumer, shardId, position) => void positions.set(keyOf(consumer, shardId), position),
      close() {},
    };
  mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, `checkpoints-${name}.sqlite`));
  db.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table if not exists checkpoints (key text primary key, position text) without rowid;`);
  for (const { key, position } of db.prepare('select * from checkpoints').all())
    positions.set(key as string, position as string);
  const upsert = db.prepare('insert or replace into checkpoints values (?, ?)');
  const dirty = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    db.exec('begin');
    for (const key of dirty) upsert.run(key, positions.get(key)!);
    db.exec('commit');
    dirty.clear();
  };
  return {
    get: (consumer, shardId) => positions.get(keyOf(consumer, shardId)),
    set(consumer, shardId, position) {
      const key = keyOf(consumer, shardId);
      // A batch that outlived the stop is delivered again after the next start.
      if (isClosed) return;
      positions.set(key, position);
      dirty.add(key);
      timer ??= setTimeout(flush, WRITE_BEHIND_MS);
    },
    close() {
      flush();
      isClosed = true;
      db.close();
    },
  };
}
