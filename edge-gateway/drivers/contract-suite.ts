/**
 * What every driver must do, whatever its protocol: one suite, run by each driver's own test against a device of its
 * protocol on loopback. It proves what the runtime builds on: states, order, expiry, commands that happen at most once,
 * and a stop that leaves nothing behind.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Command, Driver, DriverModule, DriverSink, LinkState, PointValue, Sample } from '../runtime/driver.ts';
import { ManualClock } from './manual-clock.ts';

export type Input = Parameters<DriverModule<unknown, unknown, unknown>['parse']>[0];

/** A device on loopback, built anew for each test. */
export interface LoopbackDevice {
  /** A configuration that leads to this device: a scan or poll rate of 100 to 1,000 ms keeps the suite quick. */
  input: Input;
  /** A point that the driver reports by itself; `set` changes it in the device. */
  reading: {
    pointId: string;
    deviceId: string;
    initial: PointValue;
    changed: PointValue;
    set(value: PointValue): void;
  };
  /** A point that can be commanded. `taken` lists what reached the device, in order, once for each time it was acted upon. */
  control: {
    pointId: string;
    action: Command['action'];
    mode: Command['mode'];
    taken(): unknown[];
    expected: unknown;
    /** From now on the device acts on commands without answering; undefined where a device cannot stay silent. */
    swallowAnswers?(): void;
    /** From now on the device says no. */
    refuse?(): void;
  };
  /** Inputs that `parse` must refuse, each with the field its error must name. */
  wrongInputs: { name: string; input: Input; field: string | RegExp }[];
  /** The device's end disappears: lines are cut and nobody listens. */
  goOffline(): Promise<void>;
  /** On the same address again. */
  comeBack(): Promise<void>;
  /** Lines that the device has open at the moment. */
  openLines(): number;
  close(): Promise<void>;
}

/** Keeps what a driver reports. */
export class RecordingSink implements DriverSink {
  readonly received: Sample[] = [];
  readonly states: { deviceId?: string; state: LinkState; reason?: string }[] = [];
  /** What `samples` returns; a promise that stays pending is back-pressure. */
  gate: Promise<void> | undefined;
  batches = 0;

  samples(samples: Sample[]): void | Promise<void> {
    this.batches += 1;
    this.received.push(...samples);
    return this.gate;
  }

  state(change: { deviceId?: string; state: LinkState; reason?: string }): void {
    this.states.push(change);
  }

  of(pointId: string): Sample[] {
    return this.received.filter((sample) => sample.pointId === pointId);
  }

  last(pointId: string): Sample | undefined {
    return this.of(pointId).at(-1);
  }

  /** The last state told of the connection, or of a device. */
  stateOf(deviceId?: string): LinkState | undefined {
    return this.states.filter((change) => change.deviceId === deviceId).at(-1)?.state;
  }
}

export interface ContractOptions {
  /** Longest time until a driver has noticed that a device is gone or back, of the turned clock. @default 120_000 */
  noticeMs?: number;
  /** Of the suite, where a driver runs it more than once. @default the driver's protocol */
  name?: string;
}

export function describeDriverContract<C, D, P>(
  module: DriverModule<C, D, P>,
  openDevice: () => Promise<LoopbackDevice>,
  { noticeMs = 120_000, name = module.protocol }: ContractOptions = {},
): void {
  describe(`the ${name} driver keeps the contract`, () => {
    const ended: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of ended.splice(0).reverse()) await end();
    });

    const open = async () => {
      const device = await openDevice();
      const clock = new ManualClock();
      const sink = new RecordingSink();
      const driver = module.create(module.parse(device.input), clock);
      ended.push(async () => {
        await clock.settle(driver.stop());
        await device.close();
      });
      const begin = async (): Promise<void> => {
        driver.start(sink);
        const { pointId } = device.reading;
        await clock.until(() => sink.last(pointId)?.quality === 'good', { withinMs: noticeMs, what: 'first value' });
      };
      return { device, clock, sink, driver, begin };
    };

    const commandFor = (device: LoopbackDevice, clock: ManualClock, more: Partial<Command> = {}): Command => ({
      id: crypto.randomUUID(),
      pointId: device.control.pointId,
      action: device.control.action,
      mode: device.control.mode,
      expiresAtMs: clock.now() + noticeMs,
      ...more,
    });
    const execute = (driver: Driver, clock: ManualClock, command: Command) =>
      clock.settle(driver.execute(command), 2 * noticeMs);

    it('refuses wrong settings and names the field', async () => {
      const device = await openDevice();
      ended.push(() => device.close());
      expect(device.wrongInputs.length).toBeGreaterThan(0);
      for (const { name, input, field } of device.wrongInputs) {
        let error: unknown;
        try {
          module.parse(input);
        } catch (thrown) {
          error = thrown;
        }
        expect(error, name).toMatchObject({ name: 'ConfigurationError' });
        expect((error as Error).message, name).toMatch(field);
      }
    });

    it('reports values by itself, and each change', async () => {
      const { device, clock, sink, begin } = await open();
      const { pointId, initial, changed } = device.reading;
      await begin();
      expect(sink.last(pointId)).toMatchObject({ value: initial, quality: 'good' });
      expect(sink.stateOf()).toBe('online');
      device.reading.set(changed);
      await clock.until(() => sink.last(pointId)?.value === changed, { withinMs: noticeMs, what: 'changed value' });
    });

    it('reports only points it was given, and a value with every good sample', async () => {
      const { device, clock, sink, begin } = await open();
      await begin();
      await clock.run(2_000);
      const known = new Set(device.input.points.map(({ id }) => id));
      expect(sink.received.filter(({ pointId }) => !known.has(pointId))).toEqual([]);
      expect(sink.received.filter(({ quality, value }) => quality === 'good' && value === undefined)).toEqual([]);
      expect(sink.received.filter(({ quality, reason }) => quality === 'bad' && !reason)).toEqual([]);
    });

    it('reads on demand, past every schedule', async () => {
      const { device, clock, sink, driver, begin } = await open();
      await begin();
      const before = sink.of(device.reading.pointId).length;
      await clock.settle(driver.refresh([device.reading.pointId]));
      expect(sink.of(device.reading.pointId).length).toBeGreaterThan(before);
    });

    it('answers a question of unknown points without harm', async () => {
      const { clock, driver, begin } = await open();
      await begin();
      await clock.settle(driver.refresh(['no-such-point']));
    });

    it('tells when a device goes and when it is back, and goes on reading', async () => {
      const { device, clock, sink, begin } = await open();
      const { pointId, deviceId } = device.reading;
      const isDown = () => sink.stateOf() === 'offline' || sink.stateOf(deviceId) === 'offline';
      await begin();
      await device.goOffline();
      await clock.until(isDown, { withinMs: noticeMs, what: 'offline' });
      expect(sink.states.filter(({ state }) => state === 'offline').at(-1)?.reason).toBeTruthy();
      await device.comeBack();
      const before = sink.of(pointId).filter(({ quality }) => quality === 'good').length;
      await clock.until(() => !isDown(), { withinMs: noticeMs, what: 'online' });
      await clock.until(() => sink.of(pointId).filter(({ quality }) => quality === 'good').length > before, {
        withinMs: noticeMs,
        what: 'values again',
      });
    });

    it('starts while nobody is there, and begins once somebody is', async () => {
      const { device, clock, sink, driver } = await open();
      await device.goOffline();
      driver.start(sink);
      await clock.until(() => sink.states.some(({ state }) => state === 'offline'), { withinMs: noticeMs });
      await device.comeBack();
      await clock.until(() => sink.last(device.reading.pointId)?.quality === 'good', { withinMs: noticeMs });
      expect(sink.stateOf()).toBe('online');
    });

    it('executes a command once', async () => {
      const { device, clock, driver, begin } = await open();
      await begin();
      expect(await execute(driver, clock, commandFor(device, clock))).toEqual({ status: 'executed' });
      await clock.run(2_000);
      expect(device.control.taken()).toEqual([device.control.expected]);
    });

    it('sends nothing for a command that has expired', async () => {
      const { device, clock, driver, begin } = await open();
      await begin();
      const outcome = await execute(driver, clock, commandFor(device, clock, { expiresAtMs: clock.now() - 1 }));
      expect(outcome).toMatchObject({ status: 'not_sent', reason: expect.any(String) });
      await clock.run(2_000);
      expect(device.control.taken()).toEqual([]);
    });

    it('sends nothing for a command whose device is away, also when it is back', async () => {
      const { device, clock, sink, driver, begin } = await open();
      await begin();
      await device.goOffline();
      await clock.until(() => sink.states.some(({ state }) => state === 'offline'), { withinMs: noticeMs });
      const command = commandFor(device, clock, { expiresAtMs: clock.now() + 1_000 });
      expect(await execute(driver, clock, command)).toMatchObject({ status: 'not_sent' });
      await device.comeBack();
      await clock.run(5_000);
      expect(device.control.taken()).toEqual([]);
    });

    it('refuses a command for a point it does not know or may not write', async () => {
      const { device, clock, driver, begin } = await open();
      await begin();
      const unknown = await execute(driver, clock, commandFor(device, clock, { pointId: 'no-such-point' }));
      expect(unknown).toMatchObject({ status: 'not_sent' });
      const readOnly = await execute(driver, clock, commandFor(device, clock, { pointId: device.reading.pointId }));
      expect(readOnly).toMatchObject({ status: 'not_sent' });
      expect(device.control.taken()).toEqual([]);
    });

    it('says unknown when a command was sent and nobody answered, and never sends it again', async (test) => {
      const { device, clock, driver, begin } = await open();
      if (!device.control.swallowAnswers) return test.skip();
      await begin();
      device.control.swallowAnswers();
      const outcome = await execute(driver, clock, commandFor(device, clock));
      expect(outcome).toMatchObject({ status: 'unknown', reason: expect.any(String) });
      await clock.run(10_000);
      expect(device.control.taken()).toEqual([device.control.expected]);
    });

    it('passes on a refusal of the device with its reason', async (test) => {
      const { device, clock, driver, begin } = await open();
      if (!device.control.refuse) return test.skip();
      await begin();
      device.control.refuse();
      const outcome = await execute(driver, clock, commandFor(device, clock));
      expect(outcome).toMatchObject({ status: 'refused', reason: expect.any(String) });
      expect(device.control.taken()).toEqual([]);
    });

    it('waits for a runtime that is busy', async () => {
      const { device, clock, sink, begin } = await open();
      await begin();
      let release: () => void = () => {};
      sink.gate = new Promise((resolve) => {
        release = resolve;
      });
      await clock.run(3_000);
      const held = sink.batches;
      await clock.run(10_000);
      // What was under way may come in; ten more seconds of polling may not.
      expect(sink.batches - held).toBeLessThanOrEqual(2);
      sink.gate = undefined;
      release();
      const before = sink.of(device.reading.pointId).length;
      device.reading.set(device.reading.changed);
      await clock.until(() => sink.of(device.reading.pointId).length > before, { withinMs: noticeMs });
    });

    it('stops without leaving a timer, a line or a late value', async () => {
      const { device, clock, sink, driver, begin } = await open();
      await begin();
      await clock.settle(driver.stop());
      expect(clock.pendingTimers).toBe(0);
      await clock.until(() => device.openLines() === 0, { what: 'line closed' });
      const count = sink.received.length;
      await clock.run(5_000);
      expect(sink.received.length).toBe(count);
      expect(await execute(driver, clock, commandFor(device, clock))).toMatchObject({ status: 'not_sent' });
      await clock.settle(driver.stop());
      expect(device.control.taken()).toEqual([]);
    });

    it('stops while it is still trying to connect', async () => {
      const { device, clock, sink, driver } = await open();
      await device.goOffline();
      driver.start(sink);
      await clock.run(50);
      await clock.settle(driver.stop());
      expect(clock.pendingTimers).toBe(0);
      await device.comeBack();
      await clock.run(5_000);
      expect(device.openLines()).toBe(0);
    });

    it('counts what it does', async () => {
      const { driver, begin } = await open();
      await begin();
      const { requests, timeouts, errors, reconnects, bytesIn, bytesOut } = driver.statistics();
      for (const count of [requests, timeouts, errors, reconnects, bytesIn, bytesOut]) {
        expect(Number.isFinite(count)).toBe(true);
      }
      expect(bytesIn).toBeGreaterThan(0);
    });
  });
}
