/** Schedules and their groups on disk: those made through the API outlive a restart, and declared ones keep their rhythm. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ScheduleDefinition } from './schedule-definition.ts';

export interface StoredSchedule {
  definition: ScheduleDefinition;
  /** Milliseconds since the epoch. */
  createdAt: number;
  modifiedAt: number;
  /** The scheduled time of the last invocation. */
  lastFiredAt: number | undefined;
  clientToken: string | undefined;
  /** A declared schedule that completed and deleted itself stays known, or the next start would make it anew. */
  isGone: boolean;
}

export interface ScheduleStore {
  schedules(): StoredSchedule[];
  save(schedule: StoredSchedule): void;
  erase(schedule: StoredSchedule): void;
  groups(): { name: string; createdAt: number }[];
  saveGroup(name: string, createdAt: number): void;
  eraseGroup(name: string): void;
  close(): void;
}

export function scheduleKey({ GroupName, Name }: { GroupName: string; Name: string }): string {
  return `${GroupName}/${Name}`;
}

export function openScheduleStore(dataDir: string | undefined): ScheduleStore {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(dataDir === undefined ? ':memory:' : join(dataDir, 'schedules.sqlite'));
  db.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table if not exists schedules (key text primary key, schedule text) without rowid;
    create table if not exists groups (name text primary key, created_at real) without rowid;`);
  const save = db.prepare('insert or replace into schedules values (?, ?)');
  const erase = db.prepare('delete from schedules where key = ?');
  return {
    schedules: () =>
      db
        .prepare('select schedule from schedules')
        .all()
        .map(({ schedule }) => ({ lastFiredAt: undefined, clientToken: undefined, ...JSON.parse(schedule as string) })),
    save: (schedule) => void save.run(scheduleKey(schedule.definition), JSON.stringify(schedule)),
    erase: ({ definition }) => void erase.run(scheduleKey(definition)),
    groups: () =>
      db
        .prepare('select * from groups')
        .all()
        .map((row) => ({ name: row['name'] as string, createdAt: row['created_at'] as number })),
    saveGroup: (name, createdAt) => void db.prepare('insert or ignore into groups values (?, ?)').run(name, createdAt),
    eraseGroup: (name) => void db.prepare('delete from groups where name = ?').run(name),
    close: () => db.close(),
  };
}
