import { describe, expect, it } from 'vitest';
import type { UpKind } from '../../layers/station/topics.ts';
import { ManualClock } from '../drivers/manual-clock.ts';
import { createBackfillRate } from './backfill-rate.ts';
import { createMessageStore, type StoreClass } from './message-store.ts';
import { createSender } from './sender.ts';
import { openStationDatabase } from './station-database.ts';

const turns = async (): Promise<void> => {
  for (let i = 0; i < 200; i++) await Promise.resolve();
};

/** A store with a broker that acknowledges when told to. */
function open({ messagesPerSecond = 5, bytesPerSecond = 1e6, autoAck = true } = {}) {
  const clock = new ManualClock();
  const database = openStationDatabase(undefined, clock.now());
  const store = createMessageStore(database, 1e9);
  const sent: { kind: UpKind; text: string }[] = [];
  const waiting: { text: string; ack: () => void; fail: () => void }[] = [];
  let isAutomatic = autoAck;
  const sender = createSender({
    store,
    clock,
    log: () => {},
    rate: createBackfillRate(clock, messagesPerSecond, bytesPerSecond),
    publish: (kind, body) => {
      const text = Buffer.from(body).toString();
      sent.push({ kind, text });
      if (isAutomatic) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push({ text, ack: resolve, fail: () => reject(new Error('closed')) });
      });
    },
    acknowledge: async (seqs) => database.transaction(() => store.delete(seqs)),
  });
  const put = (storeClass: StoreClass, text: string): void => {
    database.transaction(() => store.put(storeClass, clock.now(), 1, () => Buffer.from(text)));
    sender.wake();
  };
  return {
    clock,
    store,
    sender,
    sent,
    waiting,
    put,
    texts: () => sent.map(({ text }) => text),
    setAutoAck: (to: boolean) => {
      isAutomatic = to;
    },
  };
}

describe('sending', () => {
  it('waits for the line, deletes what was acknowledged and nothing else', async () => {
    const { sender, put, texts, store, waiting } = open({ autoAck: false });
    put('values', 'a');
    expect(texts()).toEqual([]);
    sender.connected();
    put('values', 'b');
    expect(texts()).toEqual(['a', 'b']);
    waiting[0]!.ack();
    await turns();
    expect(store.figures().messages).toBe(1);
    waiting[1]!.fail();
    sender.disconnected();
    await turns();
    expect(store.figures().messages).toBe(1);
    sender.connected();
    expect(texts()).toEqual(['a', 'b', 'b']);
  });

  it('lets live values pass a backlog of a week, which follows in order at its rate', async () => {
    const { clock, sender, put, texts } = open({ messagesPerSecond: 5 });
    for (let i = 0; i < 300; i++) put('values', `old ${i}`);
    sender.connected();
    await turns();
    const atOnce = texts().length;
    expect(atOnce).toBeLessThanOrEqual(6);
    put('values', 'live 1');
    await turns();
    expect(texts().at(-1)).toBe('live 1');
    for (let second = 0; second < 20; second++) {
      clock.advance(1000);
      put('values', `live ${second + 2}`);
      await turns();
      expect(texts().at(-1)).toBe(`live ${second + 2}`);
    }
    const old = texts().filter((text) => text.startsWith('old'));
    expect(old).toEqual(Array.from({ length: old.length }, (_, i) => `old ${i}`));
    expect(old.length).toBeGreaterThanOrEqual(100);
    expect(old.length).toBeLessThanOrEqual(107);
    clock.advance(60_000);
    for (let i = 0; i < 60; i++) {
      clock.advance(1000);
      await turns();
    }
    expect(texts().filter((text) => text.startsWith('old'))).toHaveLength(300);
    expect(sender.isCatchingUp).toBe(false);
  });

  it('holds the rate of bytes, too', async () => {
    const { clock, sender, put, texts } = open({ messagesPerSecond: 50, bytesPerSecond: 1000 });
    for (let i = 0; i < 20; i++) put('values', 'x'.repeat(500));
    sender.connected();
    await turns();
    expect(texts().length).toBeLessThanOrEqual(3);
    clock.advance(5_000);
    await turns();
    for (let i = 0; i < 5; i++) {
      clock.advance(1000);
      await turns();
    }
    expect(texts().length).toBeGreaterThanOrEqual(12);
    expect(texts().length).toBeLessThanOrEqual(20);
  });

  it('sends alarms of any age before everything, without a bound', async () => {
    const { sender, put, texts } = open();
    put('values', 'v');
    for (let i = 0; i < 30; i++) put('alarms', `a${i}`);
    put('results', 'r');
    put('status', 's');
    put('events', 'e');
    sender.connected();
    await turns();
    expect(texts().slice(0, 34)).toEqual([...Array.from({ length: 30 }, (_, i) => `a${i}`), 'r', 's', 'e', 'v']);
  });

  it('has no more than the window on the way, and room in it for what is live', () => {
    const { clock, sender, put, texts } = open({ autoAck: false, messagesPerSecond: 50 });
    for (let i = 0; i < 100; i++) put('values', `old ${i}`);
    sender.connected();
    clock.advance(1000);
    expect(texts()).toHaveLength(10);
    for (let i = 0; i < 100; i++) put('values', `live ${i}`);
    expect(texts()).toHaveLength(40);
  });

  it('turns to the newest when the line carries less than there is', async () => {
    const { clock, sender, put, texts, waiting } = open({ autoAck: false });
    sender.connected();
    for (let i = 0; i < 100; i++) put('values', `slow ${i}`);
    clock.advance(61_000);
    waiting.shift()!.ack();
    await turns();
    put('values', 'now');
    waiting.shift()!.ack();
    await turns();
    expect(texts().slice(-2)).toContain('now');
    expect(new Set(texts()).size).toBe(texts().length);
  });
});
