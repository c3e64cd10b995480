/** A server over a scripted line: what it answers to every function, to nonsense, to strangers and to too much at once. */
import { afterEach, describe, expect, it } from 'vitest';
import { openChannel } from '../../transport/byte-channel.ts';
import { ModbusTcpClient } from '../client/tcp-client.ts';
import { ModbusExceptionError } from '../errors.ts';
import { encodeMbap } from '../framing/mbap.ts';
import { encodeRtu } from '../framing/rtu.ts';
import { type Request, registers } from '../pdu/messages.ts';
import { ScriptedLine, turn } from '../test-support/scripted-line.ts';
import { RegisterBank } from './register-bank.ts';
import { listenModbus, serveMbap, serveRtu } from './server.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

function bank(): RegisterBank {
  const device = new RegisterBank();
  for (let address = 0; address < 20; address += 1) {
    device.holdingRegisters.set(address, address);
    device.inputRegisters.set(address, 100 + address);
    device.coils.set(address, address % 2 === 0);
    device.discreteInputs.set(address, address % 3 === 0);
  }
  device.files.set(1, Uint16Array.from([1, 2, 3, 4]));
  device.queues.set(5, [7, 8]);
  for (const [id, value] of [
    [0, 'Maker'],
    [1, 'M1'],
    [2, '1.0'],
    [4, 'x'.repeat(200)],
    [5, 'y'.repeat(60)],
  ] as const) {
    device.identification.set(id, value);
  }
  return device;
}

async function ask(device: RegisterBank, pdu: string): Promise<string> {
  const line = new ScriptedLine();
  serveMbap(line, device.answer);
  line.deliver(encodeMbap(1, 1, hex(pdu)));
  await turn();
  return line.written[0]!.subarray(7).toString('hex');
}

describe('a server', () => {
  it.each([
    ['reads coils', '0100000003', '010105'],
    ['reads discrete inputs', '0200000004', '020109'],
    ['reads input registers', '0400010002', '040400650066'],
    ['refuses an address past its memory', '0300130002', '8302'],
    ['refuses a quantity of none', '0300000000', '8303'],
    ['refuses a quantity past the limit', '030000007e', '8303'],
    ['refuses a coil value that is none', '0500011234', '8503'],
    ['refuses to write where nothing is, whole', '1000130002040001' + '0002', '9002'],
    ['refuses an unknown function', '41', 'c101'],
    ['refuses an unknown diagnostic', '0800630000', '8801'],
    ['echoes query data', '080000a537', '080000a537'],
    ['masks', '16000400f20025', '16000400f20025'],
    ['reads a queue', '180005', '18000600020007' + '0008'],
    ['refuses a queue that is not there', '180006', '9802'],
    ['reads file records', '1407060001000100' + '02', '1406' + '0506' + '00020003'],
    ['refuses records past the file', '1407060001000300' + '02', '9402'],
    ['refuses an identification of unknown level', '2b0e0500', 'ab03'],
    ['refuses an object it does not have', '2b0e0406', 'ab02'],
  ])('%s', async (_, request, response) => {
    expect(await ask(bank(), request)).toBe(response);
  });

  it('writes before it reads, and neither when either is wrong', async () => {
    const device = bank();
    expect(await ask(device, '1700000002000100010200' + '63')).toBe('170400000063');
    expect(await ask(device, '1700130002000100010200' + '07')).toBe('9702');
    expect(device.holdingRegisters.get(1)).toBe(0x63);
  });

  it('tells an identification in as many answers as it takes', async () => {
    const server = await listenModbus({ port: 0 }, bank().answer);
    const client = new ModbusTcpClient(await openChannel({ kind: 'tcp', host: '127.0.0.1', port: server.port }));
    const objects: number[] = [];
    let objectId = 0;
    for (let answers = 1; ; answers += 1) {
      const part = await client.request(1, { kind: 'read_device_identification', level: 2, objectId });
      objects.push(...part.objects.map(({ id }) => id));
      objectId = part.nextObjectId;
      if (!part.moreFollows) {
        expect(answers).toBe(2);
        break;
      }
    }
    expect(objects).toEqual([0, 1, 2, 4, 5]);
    client.close();
    await server.close();
  });

  it('says failure when its handler fails, and stays', async () => {
    const line = new ScriptedLine();
    serveMbap(line, () => {
      throw new Error('broken');
    });
    line.deliver(encodeMbap(7, 1, hex('0300000001')), encodeMbap(8, 1, hex('0300000001')));
    await turn();
    expect(line.written.map((frame) => frame.toString('hex'))).toEqual(['000700000003018304', '000800000003018304']);
  });

  it('says busy to more than it may have under way', async () => {
    const line = new ScriptedLine();
    serveMbap(line, () => new Promise(() => {}), { maxInFlight: 2 });
    for (let id = 1; id <= 3; id += 1) line.deliver(encodeMbap(id, 1, hex('0300000001')));
    await turn();
    expect(line.written.map((frame) => frame.toString('hex'))).toEqual(['000300000003018306']);
  });

  it('ends a line that speaks something else', async () => {
    const line = new ScriptedLine();
    serveMbap(line, bank().answer);
    line.deliver(Buffer.from('GET / HTTP/1.1\r\n'));
    expect(line.isOpen).toBe(false);
  });
});

describe('a server on a serial line', () => {
  const lines: ScriptedLine[] = [];
  afterEach(() => {
    for (const line of lines.splice(0)) line.cut();
  });
  const serve = (device: RegisterBank): ScriptedLine => {
    const line = new ScriptedLine();
    lines.push(line);
    serveRtu(line, device.answer, { units: new Set([5]) });
    return line;
  };

  it('answers for its units alone, and not to what others answer', async () => {
    const line = serve(bank());
    line.deliver(encodeRtu(4, hex('0300000001')), encodeRtu(4, hex('03020007')), encodeRtu(5, hex('0300070001')));
    // Frames without a pause between them are told apart only once the line has paused.
    await expect.poll(() => line.written.length).toBe(1);
    expect(line.written).toEqual([encodeRtu(5, hex('03020007'))]);
  });

  it('does what a broadcast says, silently', async () => {
    const device = bank();
    const line = serve(device);
    line.deliver(encodeRtu(0, hex('0600010063')));
    await turn();
    expect(line.written).toEqual([]);
    expect(device.holdingRegisters.get(1)).toBe(0x63);
  });

  it('answers requests that come together in their order', async () => {
    const line = new ScriptedLine();
    lines.push(line);
    const delays = [30, 0];
    serveRtu(line, async (_, request: Request) => {
      await new Promise((resolve) => setTimeout(resolve, delays.shift()));
      if (request.kind !== 'read_holding_registers') throw new ModbusExceptionError(3, 1);
      return { kind: request.kind, data: registers(request.address) };
    });
    line.deliver(Buffer.concat([encodeRtu(5, hex('0300010001')), encodeRtu(5, hex('0300020001'))]));
    await expect.poll(() => line.written.length).toBe(2);
    expect(line.written.map((frame) => frame[4])).toEqual([1, 2]);
  });
});
