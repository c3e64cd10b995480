import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Alarm, decodeAlarms, decodeValues, type ReportedValue } from '../../layers/station/messages.ts';
import { ManualClock } from '../drivers/manual-clock.ts';
import { createMessageStore, type StoreClass, storeClasses } from './message-store.ts';
import { createRecorder, type RecorderOptions } from './recorder.ts';
import { openStationDatabase, type StationDatabase } from './station-database.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-store-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  database: StationDatabase;
  clock: ManualClock;
}
function open(
  given: Partial<RecorderOptions> & { folder?: string; maxBytes?: number; database?: StationDatabase } = {},
) {
  const clock = new ManualClock();
  const database = given.database ?? openStationDatabase(given.folder, clock.now());
  const store = createMessageStore(database, given.maxBytes ?? 1e9);
  const states: string[] = [];
  const drops: number[] = [];
  const recorder = createRecorder({
    clock,
    log: () => {},
    onState: (state) => states.push(state),
    onDropped: (values) => drops.push(values),
    ...given,
    database,
    store,
  });
  const messages = (storeClass: StoreClass) => store.next(storeClass, 0, Number.MAX_SAFE_INTEGER, 10_000);
  const values = (...of: StoreClass[]) => of.flatMap(messages).flatMap(({ body }) => decodeValues(body).values);
  return { clock, database, store, recorder, states, drops, messages, values };
}

const value = (i: number, more: Partial<ReportedValue> = {}): ReportedValue => ({
  pointId: `p${i % 3}`,
  value: i,
  quality: 'good',
  timeMs: 1_767_225_600_000 + i,
  ...more,
});
const alarm = (state: Alarm['state'] = 'raised'): Alarm => ({
  alarmId: 'p1:high:1',
  kind: 'high',
  pointId: 'p1',
  state,
  priority: 'high',
  timeMs: 5,
  raisedAtMs: 5,
  value: 9,
  limit: 8,
});

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => {
    settled = true;
  });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return settled;
}

describe('recording', () => {
  it('is told safe after a commit, and gathers values into one message per interval', async () => {
    const { clock, recorder, messages, values } = open();
    const first = recorder.record({ values: [value(1), value(2)] });
    expect(await isSettled(first)).toBe(false);
    clock.advance(100);
    expect(await isSettled(first)).toBe(true);
    expect(messages('values')).toHaveLength(0);
    recorder.record({ values: [value(4)] });
    clock.advance(1000);
    expect(messages('values')).toHaveLength(1);
    expect(values('values')).toEqual([value(1), value(4), value(2)]);
  });

  it('puts alarms and events into messages at once, with numbers that rise over all of them', () => {
    const { clock, recorder, messages, database } = open();
    recorder.record({ alarms: [alarm()] });
    clock.advance(5);
    recorder.record({ events: [value(1, { isEvent: true, timeBy: 'device' })] });
    clock.advance(100);
    recorder.record({ alarms: [alarm('cleared')], status: [{ connectionId: 'c', state: 'online', timeMs: 1 }] });
    clock.advance(5);
    expect(storeClasses.map((storeClass) => [storeClass, messages(storeClass).map(({ seq }) => seq)])).toEqual([
      ['alarms', [1, 3]],
      ['results', []],
      ['status', [4]],
      ['events', [2]],
      ['values', []],
      ['low_values', []],
    ]);
    expect(decodeAlarms(messages('alarms')[0]!.body)).toEqual({
      storeId: database.storeId,
      seq: 1,
      alarms: [alarm()],
    });
  });

  it('never gives a number twice, not even when everything before was deleted and the file opened anew', async () => {
    const folder = newFolder();
    const first = open({ folder });
    first.recorder.record({ status: [{ connectionId: 'c', state: 'online', timeMs: 1 }] });
    first.clock.advance(100);
    first.recorder.acknowledge([1]);
    first.recorder.close();
    first.database.close();
    const second = open({ folder });
    expect(second.database.storeId).toBe(first.database.storeId);
    second.recorder.record({ status: [{ connectionId: 'c', state: 'offline', timeMs: 2 }] });
    second.clock.advance(100);
    expect(second.messages('status').map(({ seq }) => seq)).toEqual([2]);
    second.database.close();
  });

  it('keeps values that were in no message yet when the process ends without a word', async () => {
    const folder = newFolder();
    const first = open({ folder });
    const safe = first.recorder.record({
      values: [value(1), value(2, { quality: 'bad', value: undefined, reason: 'x' })],
    });
    first.clock.advance(100);
    await safe;
    first.database.close();
    const second = open({ folder });
    second.clock.advance(1);
    expect(second.values('values')).toEqual([value(1), value(2, { quality: 'bad', value: undefined, reason: 'x' })]);
    second.database.close();
  });

  it('closes a message that is full, and keeps each below what MQTT takes', () => {
    const { clock, recorder, messages } = open();
    recorder.record({ values: Array.from({ length: 999 }, (_, i) => value(i)) });
    clock.advance(100);
    expect(messages('values')).toHaveLength(0);
    recorder.record({ values: [value(999)] });
    clock.advance(100);
    expect(messages('values')).toHaveLength(1);
    const noise = (): string => Array.from({ length: 300 }, () => Math.random().toString(36)[3]).join('');
    recorder.record({ values: Array.from({ length: 1000 }, (_, i) => value(i, { value: noise() })) });
    clock.advance(100);
    expect(messages('values').length).toBeGreaterThan(2);
    for (const { body } of messages('values')) expect(body.length).toBeLessThan(128 * 1024);
  });
});

describe('a store as large as it may be', () => {
  it('gives up the oldest values of low priority, then the oldest values, and counts them', () => {
    const { clock, recorder, values, messages, drops, store } = open({ maxBytes: 25_000 });
    recorder.record({ alarms: [alarm()], events: [value(1, { isEvent: true })] });
    const record = (from: number, lowValues: boolean): void => {
      const list = Array.from({ length: 1000 }, (_, i) => value(from + i, { value: Math.random() }));
      recorder.record(lowValues ? { lowValues: list } : { values: list });
      clock.advance(100);
    };
    record(0, false);
    record(1000, true);
    expect(values('low_values')).toHaveLength(1000);
    record(2000, false);
    expect(values('low_values')).toHaveLength(0);
    record(3000, false);
    record(4000, false);
    const kept = values('values').map(({ timeMs }) => timeMs - 1_767_225_600_000);
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...kept)).toBe(4999);
    expect([messages('alarms').length, messages('events').length]).toEqual([1, 1]);
    expect(store.figures().bytes).toBeLessThanOrEqual(25_000);
    expect(store.figures().droppedValues).toBe(drops.reduce((sum, n) => sum + n, 0));
    expect(kept.length + store.figures().droppedValues).toBe(5000);
  });

  it('refuses more rather than give up events', async () => {
    const { clock, recorder, states, messages } = open({ maxBytes: 20_000 });
    const events = (): ReportedValue[] =>
      Array.from({ length: 500 }, (_, i) => value(i, { value: Math.random(), isEvent: true }));
    const kept: Promise<void>[] = [];
    for (let i = 0; i < 8; i++) {
      kept.push(recorder.record({ events: events() }));
      clock.advance(100);
    }
    expect(states).toEqual(['full']);
    const settled = (await Promise.all(kept.map(isSettled))).filter(Boolean).length;
    expect(settled).toBeLessThan(8);
    expect(messages('events')).toHaveLength(settled);
    recorder.acknowledge(messages('events').map(({ seq }) => seq));
    clock.advance(2000);
    expect((await Promise.all(kept.map(isSettled))).every(Boolean)).toBe(true);
    expect(states).toEqual(['full', 'ok']);
  });
});

describe('a full disk', () => {
  /** As many pages as there are now and a few more: SQLite then says SQLITE_FULL as it does on a full disk. */
  function fill({ database }: Opened, pages: number): void {
    const count = Number(database.prepare('PRAGMA page_count').get()!['page_count']);
    database.exec(`PRAGMA max_page_count = ${count + pages}`);
  }

  it('stops telling safe, keeps what is stored, still takes alarms, and goes on when there is room', async () => {
    const folder = newFolder();
    const clock = new ManualClock();
    const database = openStationDatabase(folder, clock.now());
    const log: string[] = [];
    const reserve = {
      bytes: 4096 * 20,
      release: () => {
        log.push('released');
        fill({ database, clock }, 20);
      },
      restore: () => log.includes('room again'),
    };
    const { recorder, states, values, messages, store, clock: turned } = open({ database, reserve });
    fill({ database, clock }, 8);
    const noise = (i: number) => value(i, { value: `${Math.random()}${Math.random()}${Math.random()}` });
    const told: { safe: Promise<void>; list: ReportedValue[] }[] = [];
    for (let i = 0; i < 10; i++) {
      const list = Array.from({ length: 200 }, (_, n) => noise(i * 200 + n));
      told.push({ list, safe: recorder.record({ values: list }) });
      turned.advance(100);
    }
    expect(states).toEqual(['full']);
    expect(log).toContain('released');
    const safe = await Promise.all(told.map((entry) => isSettled(entry.safe)));
    expect(safe).toContain(false);

    const raised = recorder.record({ alarms: [alarm()] });
    turned.advance(10);
    expect(await isSettled(raised)).toBe(true);
    expect(messages('alarms')).toHaveLength(1);
    // Still refused: the reserve is not for values.
    turned.advance(10_000);
    expect(await isSettled(told.at(-1)!.safe)).toBe(false);

    const check = database.prepare('PRAGMA integrity_check').get();
    expect(check).toEqual({ integrity_check: 'ok' });
    log.push('room again');
    database.exec('PRAGMA max_page_count = 1000000');
    turned.advance(5_000);
    expect((await Promise.all(told.map((entry) => isSettled(entry.safe)))).every(Boolean)).toBe(true);
    expect(states).toEqual(['full', 'ok']);
    // Nothing twice, nothing lost, in order.
    const byPoint = (list: ReportedValue[]) =>
      ['p0', 'p1', 'p2'].flatMap((id) => list.filter(({ pointId }) => pointId === id));
    expect(byPoint(values('values'))).toEqual(byPoint(told.flatMap(({ list }) => list)));
    expect(store.figures().droppedValues).toBe(0);
    database.close();
  });

  it('lets acknowledgements make room', async () => {
    const { recorder, clock, database, messages, states } = open({
      reserve: { bytes: 4096 * 4, release: () => {}, restore: () => false },
    });
    for (let i = 0; i < 20; i++) {
      recorder.record({ values: Array.from({ length: 1000 }, (_, n) => value(n, { value: Math.random() })) });
      clock.advance(100);
    }
    fill({ database, clock }, 0);
    const late = recorder.record({
      values: Array.from({ length: 1000 }, (_, n) => value(n, { value: Math.random() })),
    });
    clock.advance(100);
    expect(states).toEqual(['full']);
    recorder.acknowledge(messages('values').map(({ seq }) => seq));
    clock.advance(2_000);
    expect(await isSettled(late)).toBe(true);
    expect(states).toEqual(['full', 'ok']);
  });
});

describe('the file', () => {
  it('is put aside when it is damaged, and the station goes on with a new one', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'station.db'), 'this is no database, but long enough to be looked at as one'.repeat(50));
    const database = openStationDatabase(folder, 1234);
    expect(database.replacedBecause).toMatch(/not a database/);
    expect(database.createdMs).toBe(1234);
    database.close();
  });

  it('of a later version is left alone', () => {
    const folder = newFolder();
    const database = openStationDatabase(folder, 1);
    database.exec('PRAGMA user_version = 9');
    database.close();
    expect(() => openStationDatabase(folder, 2)).toThrow(/later version/);
  });
});
