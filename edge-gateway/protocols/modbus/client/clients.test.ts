/** What must hold between two bytes: late, doubled and damaged answers, cut lines, urgency, expiry. */
import { describe, expect, it } from 'vitest';
import { ModbusExceptionError, ModbusFrameError, ModbusLineError, ModbusTimeoutError } from '../errors.ts';
import { encodeMbap } from '../framing/mbap.ts';
import { encodeRtu } from '../framing/rtu.ts';
import type { Request, RequestOf } from '../pdu/messages.ts';
import { ScriptedLine, TestClock, turn } from '../test-support/scripted-line.ts';
import { ModbusRtuClient, type RtuClientOptions } from './rtu-client.ts';
import { ModbusTcpClient, type TcpClientOptions } from './tcp-client.ts';

const read = (address: number, quantity = 1): RequestOf<'read_holding_registers'> => ({
  kind: 'read_holding_registers',
  address,
  quantity,
});
const answer = (...values: number[]): Buffer =>
  Buffer.from([3, values.length * 2, ...values.flatMap((value) => [value >> 8, value & 0xff])]);
const coil: Request = { kind: 'write_single_coil', address: 1, value: true };

/** Outcomes without unhandled rejections. */
function follow<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const outcome: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => {
      outcome.value = value;
    },
    (error) => {
      outcome.error = error;
    },
  );
  return outcome;
}

function tcp(options: TcpClientOptions = {}) {
  const line = new ScriptedLine();
  const clock = new TestClock();
  return { line, clock, client: new ModbusTcpClient(line, { clock, ...options }) };
}

function rtu(options: RtuClientOptions = {}) {
  const line = new ScriptedLine();
  const clock = new TestClock();
  return { line, clock, client: new ModbusRtuClient(line, { clock, ...options }) };
}

describe('a TCP client', () => {
  it('keeps requests in flight up to the limit and matches answers in any order', async () => {
    const { line, client } = tcp({ maxInFlight: 2 });
    const outcomes = [
      follow(client.request(1, read(10))),
      follow(client.request(1, read(20))),
      follow(client.request(1, read(30))),
    ];
    await turn();
    expect(Buffer.concat(line.written).length).toBe(24);
    line.deliver(Buffer.concat([encodeMbap(2, 1, answer(20)), encodeMbap(1, 1, answer(10))]));
    await turn();
    expect(outcomes[0]!.value!.data.readUInt16BE()).toBe(10);
    expect(outcomes[1]!.value!.data.readUInt16BE()).toBe(20);
    line.deliver(encodeMbap(3, 1, answer(30)));
    await turn();
    expect(outcomes[2]!.value!.data.readUInt16BE()).toBe(30);
  });

  it('never takes a late answer for the next request’s', async () => {
    const { line, clock, client } = tcp({ timeoutMs: 100 });
    const first = follow(client.request(1, read(10)));
    await clock.advance(100);
    expect(first.error).toBeInstanceOf(ModbusTimeoutError);
    const second = follow(client.request(1, read(20)));
    await turn();
    line.deliver(encodeMbap(1, 1, answer(0xdead)));
    await turn();
    expect(second).toEqual({});
    line.deliver(encodeMbap(2, 1, answer(20)));
    await turn();
    expect(second.value!.data.readUInt16BE()).toBe(20);
    expect(client.statistics).toMatchObject({ timeouts: 1, strayAnswers: 1 });
  });

  it('does not use the id of an unanswered request again while its answer may still come', async () => {
    const { line, clock, client } = tcp({ timeoutMs: 10 });
    follow(client.request(1, read(0)));
    await clock.advance(10);
    for (let round = 0; round < 0x10000; round += 1) {
      const promise = client.request(1, read(1));
      await Promise.resolve();
      const id = line.written.pop()!.readUInt16BE(0);
      expect(id).not.toBe(1);
      line.deliver(encodeMbap(id, 1, answer(1)));
      await promise;
    }
  });

  it('drops a doubled answer', async () => {
    const { line, client } = tcp();
    const first = client.request(1, read(10));
    await turn();
    line.deliver(encodeMbap(1, 1, answer(10)), encodeMbap(1, 1, answer(10)));
    expect((await first).data.readUInt16BE()).toBe(10);
    expect(client.statistics.strayAnswers).toBe(1);
  });

  it('refuses an answer of another unit or function', async () => {
    const { line, client } = tcp({ maxInFlight: 2 });
    const outcomes = [follow(client.request(1, read(10))), follow(client.request(1, read(10)))];
    await turn();
    line.deliver(encodeMbap(1, 2, answer(10)), encodeMbap(2, 1, Buffer.of(4, 2, 0, 1)));
    await turn();
    expect(outcomes.map(({ error }) => error)).toEqual([expect.any(ModbusFrameError), expect.any(ModbusFrameError)]);
  });

  it('tells which requests may have been taken when the line is cut in mid-frame', async () => {
    const { line, client } = tcp();
    const sent = follow(client.request(1, coil));
    const waiting = follow(client.request(1, coil));
    await turn();
    line.deliver(encodeMbap(1, 1, Buffer.from('050001ff00', 'hex')).subarray(0, 9));
    line.cut(new Error('ECONNRESET'));
    await turn();
    expect(sent.error).toMatchObject({ name: 'ModbusLineError', sent: true });
    expect(waiting.error).toMatchObject({ name: 'ModbusLineError', sent: false });
    expect(line.written).toHaveLength(1);
    await expect(client.request(1, coil)).rejects.toBeInstanceOf(ModbusLineError);
  });

  it('closes a stream that is out of step', async () => {
    const { line, client } = tcp();
    const outcome = follow(client.request(1, read(10)));
    await turn();
    line.deliver('000100050003010302');
    await turn();
    expect(outcome.error).toBeInstanceOf(ModbusLineError);
    expect(line.isOpen).toBe(false);
  });

  it('sends urgent requests before waiting ones, in their order, and none that has expired', async () => {
    const { line, client } = tcp();
    const plain = [1, 2].map((address) => follow(client.request(1, read(address))));
    const urgent = [3, 4].map((address) => follow(client.request(1, read(address), { isUrgent: true })));
    const expired = follow(
      client.request(1, coil, {
        isUrgent: true,
        beforeSend: () => {
          throw new Error('expired');
        },
      }),
    );
    const addresses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      await turn();
      const frame = line.written.at(-1)!;
      addresses.push(frame.readUInt16BE(8));
      line.deliver(encodeMbap(frame.readUInt16BE(0), 1, answer(0)));
    }
    await turn();
    expect(addresses).toEqual([1, 3, 4, 2]);
    expect(expired.error).toMatchObject({ message: 'expired' });
    expect([...plain, ...urgent].every(({ value }) => value)).toBe(true);
  });

  it('names the exception', async () => {
    const { line, client } = tcp();
    const outcome = follow(client.request(1, read(10)));
    await turn();
    line.deliver(encodeMbap(1, 1, Buffer.of(0x83, 6)));
    await turn();
    expect(outcome.error).toEqual(new ModbusExceptionError(3, 6));
    expect((outcome.error as Error).message).toBe('exception 6: server device busy');
  });
});

describe('an RTU client', () => {
  it('sends one request at a time, after the silent interval', async () => {
    const { line, clock, client } = rtu({ silentIntervalMs: 4 });
    const outcomes = [follow(client.request(1, read(10))), follow(client.request(2, read(20)))];
    await turn();
    expect(line.written).toHaveLength(1);
    line.deliver(encodeRtu(1, answer(10)));
    await clock.advance(3);
    expect(line.written).toHaveLength(1);
    await clock.advance(1);
    expect(line.written).toHaveLength(2);
    line.deliver(encodeRtu(2, answer(20)));
    await turn();
    expect(outcomes.map(({ value }) => value!.data.readUInt16BE())).toEqual([10, 20]);
  });

  it('leaves a unit alone until its late answer came, and goes on with the others', async () => {
    const { line, clock, client } = rtu({ timeoutMs: 100, lateAnswerMs: 500 });
    const late = follow(client.request(1, read(10)));
    await clock.advance(100);
    expect(late.error).toBeInstanceOf(ModbusTimeoutError);
    const next = follow(client.request(1, read(20)));
    const other = follow(client.request(2, read(30)));
    await turn();
    expect(line.written.map((frame) => frame[0])).toEqual([1, 2]);
    line.deliver(encodeRtu(1, answer(0xdead)));
    line.deliver(encodeRtu(2, answer(30)));
    await turn();
    expect(other.value!.data.readUInt16BE()).toBe(30);
    expect(next).toEqual({});
    expect(line.written).toHaveLength(3);
    line.deliver(encodeRtu(1, answer(20)));
    await turn();
    expect(next.value!.data.readUInt16BE()).toBe(20);
    expect(client.statistics.strayAnswers).toBe(1);
  });

  it('asks a silent unit again once no late answer can come', async () => {
    const { line, clock, client } = rtu({ timeoutMs: 100, lateAnswerMs: 500 });
    follow(client.request(1, read(10)));
    await clock.advance(100);
    const next = follow(client.request(1, read(20)));
    await clock.advance(499);
    expect(line.written).toHaveLength(1);
    await clock.advance(2);
    expect(line.written).toHaveLength(2);
    line.deliver(encodeRtu(1, answer(20)));
    await turn();
    expect(next.value!.data.readUInt16BE()).toBe(20);
  });

  it('drops a doubled answer and finds the right one behind noise', async () => {
    const { line, client } = rtu();
    const first = client.request(1, read(10));
    await turn();
    line.deliver(Buffer.concat([Buffer.of(0xff, 0), encodeRtu(1, answer(10)), encodeRtu(1, answer(10))]));
    expect((await first).data.readUInt16BE()).toBe(10);
    const second = client.request(1, read(20, 2));
    await turn();
    line.deliver(encodeRtu(1, answer(20, 21)));
    expect((await second).data.readUInt16BE(2)).toBe(21);
  });

  it('times out on an answer that is cut or damaged', async () => {
    const { line, clock, client } = rtu({ timeoutMs: 100 });
    const outcome = follow(client.request(1, read(10)));
    await turn();
    const frame = encodeRtu(1, answer(10));
    frame[3]! ^= 1;
    line.deliver(frame);
    await clock.advance(100);
    expect(outcome.error).toBeInstanceOf(ModbusTimeoutError);
    expect(client.statistics.crcErrors).toBe(1);
  });

  it('takes its own echo for what it is, also where the answer looks the same', async () => {
    const { line, client } = rtu({ hasEcho: true });
    const outcome = follow(client.request(1, { kind: 'write_single_register', address: 1, value: 3 }));
    await turn();
    const frame = line.written[0]!;
    line.deliver(frame.subarray(0, 3), frame.subarray(3));
    await turn();
    expect(outcome).toEqual({});
    line.deliver(frame);
    await turn();
    expect(outcome.value).toMatchObject({ address: 1, value: 3 });
  });

  it('broadcasts without waiting for an answer', async () => {
    const { line, clock, client } = rtu({ turnaroundMs: 100 });
    const done = follow(client.broadcast({ kind: 'write_single_register', address: 1, value: 3 }));
    const next = follow(client.request(1, read(10)));
    await clock.advance(99);
    expect(line.written.map((frame) => frame[0])).toEqual([0]);
    await clock.advance(1);
    expect(line.written.map((frame) => frame[0])).toEqual([0, 1]);
    expect(done).not.toHaveProperty('error');
    line.deliver(encodeRtu(1, answer(1)));
    await turn();
    expect(next.value).toBeDefined();
    await expect(client.request(0, read(1))).rejects.toThrow(/broadcast/);
  });

  it('ends everything when the line goes, and leaves no timer', async () => {
    const { line, clock, client } = rtu();
    const outcomes = [follow(client.request(1, coil)), follow(client.request(1, coil))];
    await turn();
    line.deliver('01');
    line.cut();
    await turn();
    expect(outcomes.map(({ error }) => (error as ModbusLineError).sent)).toEqual([true, false]);
    expect(clock.pending).toBe(0);
  });
});
