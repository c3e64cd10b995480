/**
 * Against others' implementations: pymodbus as server and client, on TCP, on RTU over TCP and on a pair of pseudo
 * terminals, and tshark as the judge of our bytes. Skipped, with the reason, where a program is missing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasProgram, run } from '../../../test/support/programs.ts';
import { openChannel } from '../transport/byte-channel.ts';
import { type ModbusClient, ModbusRtuClient, ModbusTcpClient, RegisterBank } from './index.ts';
import { registers } from './pdu/messages.ts';
import { listenModbus, serveRtu } from './server/server.ts';
import { askEverything } from './test-support/ask-everything.ts';
import { captureOf } from './test-support/capture-file.ts';
import { type Exchange, recorded, saveRecording } from './test-support/recording.ts';
import { examples } from './test-support/specification-examples.ts';

const python = '/usr/bin/python3';
const here = import.meta.dirname;

function hasPymodbus(): boolean {
  try {
    execFileSync(python, ['-c', 'import pymodbus.server, serial'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: no pymodbus here. Install it (Debian: apt-get install python3-pymodbus python3-serial).');
    return false;
  }
}
const pymodbus = hasPymodbus();
const socat = hasProgram('socat', 'socat');
const tshark = hasProgram('tshark', 'tshark');

const folder = mkdtempSync(join(tmpdir(), 'modbus-interop-'));
const children: ChildProcess[] = [];
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** The other program needs a moment to start; nothing tells when it has. */
async function eventually<T>(attempt: () => Promise<T>, tries = 100): Promise<T> {
  for (let index = 0; ; index += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (index >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function start(program: string, args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' });
  children.push(child);
  return child;
}

async function pymodbusServer(framing: 'tcp' | 'rtu', recordInto?: Exchange[]): Promise<ModbusClient> {
  const port = await freePort();
  start(python, [join(here, 'test-support/pymodbus_server.py'), framing, String(port)]);
  const line = await eventually(() => openChannel({ kind: 'tcp', host: '127.0.0.1', port }));
  const channel = recordInto ? recorded(line, recordInto) : line;
  const client =
    framing === 'tcp'
      ? new ModbusTcpClient(channel, { timeoutMs: 5_000 })
      : new ModbusRtuClient(channel, { timeoutMs: 5_000 });
  closers.push(() => client.close());
  return client;
}

/** Two ends of a line that looks serial. */
async function terminals(): Promise<[string, string]> {
  const ends: [string, string] = [join(folder, `a${children.length}`), join(folder, `b${children.length}`)];
  start(
    'socat',
    ends.map((link) => `pty,raw,echo=0,link=${link}`),
  );
  await eventually(async () => {
    const { existsSync } = await import('node:fs');
    if (!ends.every((end) => existsSync(end))) throw new Error('not yet');
  });
  return ends;
}

function bank(): RegisterBank {
  const device = new RegisterBank();
  for (let address = 0; address < 300; address += 1) {
    device.holdingRegisters.set(address, address);
    device.inputRegisters.set(address, address * 3);
    device.coils.set(address, address % 2 === 1);
    device.discreteInputs.set(address, address % 3 === 0);
  }
  device.exceptionStatus = 0x6d;
  device.events = { status: 0, count: 264, messages: 289, log: Buffer.of(0x20, 0) };
  device.serverId = Buffer.from([...Buffer.from('Mizan'), 0xff]);
  device.files.set(4, new Uint16Array(100));
  for (const [id, text] of ['Maker', 'M1', '1.2'].entries()) device.identification.set(id, text);
  return device;
}

describe.skipIf(!pymodbus)('our client and pymodbus’s server', () => {
  it.each(['tcp', 'rtu'] as const)('understand each other, framed as %s', async (framing) => {
    const exchanges: Exchange[] = [];
    await askEverything(await pymodbusServer(framing, exchanges));
    if (process.env['RECORD_FIXTURES']) saveRecording(framing, exchanges);
  });

  it.skipIf(!socat)('understand each other on a serial line', async () => {
    const [ours, theirs] = await terminals();
    start(python, [join(here, 'test-support/pymodbus_server.py'), 'serial', theirs]);
    const channel = await openChannel({ kind: 'serial', path: ours, baudRate: 19_200 });
    const client = new ModbusRtuClient(channel, { timeoutMs: 1_000, lateAnswerMs: 0, silentIntervalMs: 2 });
    closers.push(() => client.close());
    const { data } = await eventually(() =>
      client.request(1, { kind: 'read_holding_registers', address: 7, quantity: 2 }),
    );
    expect(data).toEqual(registers(7, 8));
    await client.request(1, { kind: 'write_multiple_registers', address: 21, data: registers(1, 2, 3) });
    const written = await client.request(1, { kind: 'read_holding_registers', address: 20, quantity: 4 });
    expect(written.data).toEqual(registers(20, 1, 2, 3));
  });
});

describe.skipIf(!pymodbus)('pymodbus’s client and our server', () => {
  const expected = {
    read_coils: [[true, false, true, false, true, false, false, false]],
    read_holding_registers: [[10, 11, 12, 13]],
    read_input_registers: [Array.from({ length: 125 }, (_, index) => (index + 10) * 3)],
    write_single_coil: [3, true],
    write_single_register: [11, 777],
    write_multiple_coils: [4, 3],
    write_multiple_registers: [12, 3],
    mask_write_register: [13, 0xf2, 0x25],
    read_write_multiple_registers: [[777, 1, (2 & 0xf2) | (0x25 & ~0xf2), 9]],
    read_exception_status: [0x6d],
    get_comm_event_counter: [264],
    get_comm_event_log: [264, 289, [0x20, 0]],
    bad_address: 'exception 2',
  };

  it.each(['tcp', 'rtu'] as const)('understand each other on %s', async (framing) => {
    const device = bank();
    const server = await listenModbus({ port: 0, framing }, device.answer);
    closers.push(() => server.close());
    const { stdout } = await run(python, [join(here, 'test-support/pymodbus_client.py'), framing, String(server.port)]);
    const heard = JSON.parse(stdout);
    expect(heard).toMatchObject(expected);
    expect(heard['read_discrete_inputs'][0].slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((it) => it % 3 === 0));
    expect(device.holdingRegisters.get(13)).toBe((2 & 0xf2) | (0x25 & ~0xf2));
    if (framing === 'rtu') return;
    expect([...device.files.get(4)!.subarray(7, 9)]).toEqual([0x6af, 0x4be]);
    expect(heard['read_device_identification'][0]).toEqual({
      0: Buffer.from('Maker').toString('hex'),
      1: Buffer.from('M1').toString('hex'),
      2: Buffer.from('1.2').toString('hex'),
    });
  });
});

describe.skipIf(!socat)('our client and our server on a serial line', () => {
  it('carry every function', async () => {
    const [left, right] = await terminals();
    const serverLine = await openChannel({ kind: 'serial', path: right, baudRate: 115_200 });
    const clientLine = await openChannel({ kind: 'serial', path: left, baudRate: 115_200 });
    const answers = new Map(examples.map(({ request, response }) => [request.value.kind, response.value]));
    serveRtu(serverLine, (_, request) => answers.get(request.kind), { units: new Set([9]) });
    const client = new ModbusRtuClient(clientLine, { timeoutMs: 2_000, silentIntervalMs: 2 });
    closers.push(
      () => client.close(),
      () => serverLine.close(),
    );
    for (const { request, response } of examples)
      expect(await client.request(9, request.value)).toEqual(response.value);
    await expect(client.request(8, examples[0]!.request.value, { timeoutMs: 50 })).rejects.toThrow(/did not answer/);
  });
});

describe.skipIf(!tshark)('tshark', () => {
  it('reads every function as it was meant, with nothing malformed', async () => {
    const file = join(folder, 'modbus.pcap');
    writeFileSync(file, captureOf(examples.map(({ request, response }) => [request.bytes, response.bytes])));
    const fields = ['modbus.func_code', 'mbtcp.trans_id', 'mbtcp.unit_id', 'modbus.exception_code', '_ws.malformed'];
    const { stdout } = await run('tshark', ['-r', file, '-Tfields', ...fields.flatMap((field) => ['-e', field])]);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    expect(rows.map(([code]) => Number(code))).toEqual(
      examples.flatMap(({ request }) => [
        Number.parseInt(request.bytes.slice(0, 2), 16),
        Number.parseInt(request.bytes.slice(0, 2), 16),
      ]),
    );
    expect(rows.filter(([, , , , malformed]) => malformed)).toEqual([]);
    const registersRead = await run('tshark', [
      '-r',
      file,
      '-Y',
      'modbus.func_code==3 && modbus.byte_cnt',
      '-Tfields',
      '-e',
      'modbus.regval_uint16',
    ]);
    expect(registersRead.stdout.trim()).toBe('555,0,100');
  });
});
