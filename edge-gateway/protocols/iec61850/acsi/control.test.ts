/** Controls: all models end as they should, and nothing is operated twice, too late or without its select. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ControlHandler, ControlRequest } from '../server/control-object.ts';
import { device, type Station, startStation } from '../testing/station.ts';
import type { AdditionalCause } from './additional-cause.ts';

let station: Station;
afterEach(() => station.close());

/** A process that remembers what it was told to do. */
class Process implements ControlHandler {
  readonly operated: ControlRequest[] = [];
  refusal: AdditionalCause | undefined;
  failure: AdditionalCause | undefined;
  gate: Promise<void> = Promise.resolve();

  check(): AdditionalCause | undefined {
    return this.refusal;
  }

  async operate(request: ControlRequest): Promise<AdditionalCause | undefined> {
    this.operated.push(request);
    await this.gate;
    return this.failure;
  }
}

async function setUp() {
  const controls = new Process();
  station = await startStation({ controls });
  const { client, cut } = await station.connect();
  return { controls, client, cut, open: (name: string) => client.control(`${device}/${name}`) };
}

const models = [
  ['GGIO1.SPCSO1', 'direct-normal'],
  ['GGIO1.SPCSO2', 'sbo-normal'],
  ['GGIO1.SPCSO3', 'direct-enhanced'],
  ['GGIO1.SPCSO4', 'sbo-enhanced'],
] as const;

describe.each(models)('%s (%s)', (name, model) => {
  it('is operated once and shows it', async () => {
    const { controls, client, open } = await setUp();
    const control = await open(name);
    expect(control.model).toBe(model);
    const command = control.command({ value: true });
    expect(await command.execute()).toEqual({ status: 'executed' });
    expect(await client.read(`${device}/${name}.stVal[ST]`)).toEqual({ type: 'boolean', value: true });
    expect(await command.execute()).toMatchObject({ status: 'not-sent' });
    expect(await command.operate()).toMatchObject({ status: 'not-sent' });
    expect(controls.operated.length).toBe(1);
  });

  it('tells why the server refuses', async () => {
    const { controls, open } = await setUp();
    controls.refusal = 'blocked-by-interlocking';
    const outcome = await (await open(name)).execute({ value: true });
    expect(outcome).toMatchObject({ status: 'refused', cause: 'blocked-by-interlocking' });
    expect(controls.operated).toEqual([]);
  });

  it('tells why it did not work out', async () => {
    const { controls, client, open } = await setUp();
    controls.failure = 'blocked-by-process';
    const outcome = await (await open(name)).execute({ value: true });
    const stage = model.endsWith('enhanced') ? 'termination' : 'operate';
    expect(outcome).toMatchObject({ status: 'refused', stage, cause: 'blocked-by-process' });
    expect(await client.read(`${device}/${name}.stVal[ST]`)).toMatchObject({ value: false });
  });

  it('is not operated after the command expired', async () => {
    const { controls, open } = await setUp();
    const control = await open(name);
    const command = control.command({ value: true, notAfterMs: station.clock.now() + 1_000 });
    if (model.startsWith('sbo')) expect(await command.select()).toEqual({ status: 'executed' });
    station.clock.advance(1_000);
    expect(await command.operate()).toMatchObject({ status: 'not-sent', reason: expect.stringContaining('expired') });
    expect(controls.operated).toEqual([]);
    // A selection that was not used is given back: the next command is not in its way.
    expect(await control.execute({ value: true })).toEqual({ status: 'executed' });
  });

  it('is unknown when the line is cut after it was sent, and is not sent again', async () => {
    const { controls, cut, open } = await setUp();
    let release = (): void => {};
    controls.gate = new Promise((resolve) => {
      release = resolve;
    });
    const control = await open(name);
    const outcome = control.execute({ value: true });
    await expect.poll(() => controls.operated.length).toBe(1);
    cut();
    expect(await outcome).toMatchObject({ status: 'unknown' });
    release();
    expect(await control.execute({ value: true })).toMatchObject({ status: 'not-sent' });
    expect(controls.operated.length).toBe(1);
  });
});

describe('select before operate', () => {
  it.each(['GGIO1.SPCSO2', 'GGIO1.SPCSO4'])('%s refuses an operate without its select', async (name) => {
    const { controls, client, open } = await setUp();
    const control = await open(name);
    expect(await control.command({ value: true }).operate()).toEqual({
      status: 'not-sent',
      reason: 'The object was not selected.',
    });
    // The server does not rely on its client either.
    const item = { scope: 'domain', domain: device, item: `${name.replace('.', '$CO$')}$Oper` } as const;
    const [oper] = await client.mms.read([{ name: item }]);
    expect(await client.mms.write([{ name: item }], [oper as never])).toEqual(['object-access-denied']);
    expect(controls.operated).toEqual([]);
  });

  it.each(['GGIO1.SPCSO2', 'GGIO1.SPCSO4'])('%s is not operated on a selection that timed out', async (name) => {
    const { controls, open } = await setUp();
    const command = (await open(name)).command({ value: true });
    expect(await command.select()).toEqual({ status: 'executed' });
    station.clock.advance(2_000);
    expect(await command.operate()).toMatchObject({ status: 'not-sent', reason: expect.stringContaining('timed out') });
    expect(controls.operated).toEqual([]);
  });

  it.each(['GGIO1.SPCSO2', 'GGIO1.SPCSO4'])('%s belongs to one client at a time', async (name) => {
    const { controls, open } = await setUp();
    const first = (await open(name)).command({ value: true });
    expect(await first.select()).toEqual({ status: 'executed' });
    const { client } = await station.connect();
    const second = await client.control(`${device}/${name}`);
    expect(await second.execute({ value: false })).toMatchObject({ status: 'refused', stage: 'select' });
    expect(await first.cancel()).toEqual({ status: 'executed' });
    expect(await second.execute({ value: false })).toEqual({ status: 'executed' });
    expect(await first.operate()).toMatchObject({ status: 'not-sent' });
    expect(controls.operated.length).toBe(1);
  });

  it('ends with the association of its client', async () => {
    const { cut, open } = await setUp();
    expect(await (await open('GGIO1.SPCSO4')).command({ value: true }).select()).toEqual({ status: 'executed' });
    cut();
    await expect.poll(() => station.server.associations).toBe(0);
    const { client } = await station.connect();
    const control = await client.control(`${device}/GGIO1.SPCSO4`);
    expect(await control.execute({ value: true })).toEqual({ status: 'executed' });
  });
});

describe('a command', () => {
  it('moves a breaker, whose position has two bits', async () => {
    const { client, open } = await setUp();
    const breaker = await open('XCBR1.Pos');
    expect(await breaker.execute({ value: true })).toEqual({ status: 'executed' });
    expect(await client.read(`${device}/XCBR1.Pos.stVal[ST]`)).toMatchObject({ value: { bytes: Buffer.from([0x80]) } });
    expect(await breaker.execute({ value: false })).toEqual({ status: 'executed' });
    expect(await client.read(`${device}/XCBR1.Pos.stVal[ST]`)).toMatchObject({ value: { bytes: Buffer.from([0x40]) } });
  });

  it('carries its origin, number, checks and test', async () => {
    const { controls, client, open } = await setUp();
    const control = await open('GGIO1.SPCSO1');
    const origin = { category: 'remote-control', identity: Buffer.from('dispatcher 4') } as const;
    await control.execute({ value: true, origin, check: { synchro: true, interlock: false } });
    await control.execute({ value: false });
    expect(controls.operated).toMatchObject([{ origin, check: { synchro: true, interlock: false }, test: false }, {}]);
    expect(controls.operated[1]!.number).toBe((controls.operated[0]!.number + 1) & 0xff);
    expect(await control.execute({ value: true, test: true })).toEqual({ status: 'executed' });
    expect(controls.operated.length).toBe(2);
    expect(await client.read(`${device}/GGIO1.SPCSO1.stVal[ST]`)).toMatchObject({ value: false });
  });

  it('waits on the server for its time, and can be cancelled until then', async () => {
    const { controls, open } = await setUp();
    const control = await open('GGIO1.SPCSO5');
    const first = control.command({ value: true, operateAtMs: station.clock.now() + 60_000 });
    const outcome = first.execute();
    await expect.poll(async () => (await control.execute({ value: true })).status).toBe('refused');
    station.clock.advance(59_000);
    expect(controls.operated).toEqual([]);
    station.clock.advance(1_000);
    expect(await outcome).toEqual({ status: 'executed' });
    const second = control.command({ value: false, operateAtMs: station.clock.now() + 60_000 });
    const cancelled = second.execute();
    await expect.poll(async () => (await control.execute({ value: true })).status).toBe('refused');
    expect(await second.cancel()).toEqual({ status: 'executed' });
    expect(await cancelled).toMatchObject({ status: 'refused', cause: 'abortion-by-cancel' });
    station.clock.advance(60_000);
    expect(controls.operated.length).toBe(1);
  });

  it('is unknown when no termination comes', async () => {
    const { controls, open } = await setUp();
    controls.gate = new Promise(() => {});
    const outcome = (await open('GGIO1.SPCSO3')).execute({ value: true, terminationTimeoutMs: 5_000 });
    await expect.poll(() => controls.operated.length).toBe(1);
    // In steps, since the acceptance has to arrive before the wait for the end begins.
    let isSettled = false;
    void outcome.finally(() => {
      isSettled = true;
    });
    await expect.poll(() => station.clock.advance(500) ?? isSettled).toBe(true);
    expect(await outcome).toMatchObject({ status: 'unknown', reason: expect.stringContaining('no termination') });
  });

  it('of a value that does not fit is refused before anything is sent', async () => {
    const { open } = await setUp();
    const control = await open('GGIO1.SPCSO1');
    expect(() => control.command({ value: 'on' })).toThrow(/does not fit into boolean/);
    expect(() => control.command({ value: true, operateAtMs: 1 })).toThrow(/no operTm/);
    await expect(open('GGIO1.Ind1')).rejects.toThrow(/object-non-existent/);
  });
});
