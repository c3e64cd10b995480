/** The field devices over loopback: each tells what the plant is, and moves its breaker only as its protocol allows. */
import { afterEach, describe, expect, it } from 'vitest';
import { Iec61850Client } from '../../edge-gateway/protocols/iec61850/index.ts';
import { ModbusTcpClient } from '../../edge-gateway/protocols/modbus/index.ts';
import { openChannel } from '../../edge-gateway/protocols/transport/byte-channel.ts';
import { type Field, startField } from './field.ts';
import { iedDevice } from './ied.ts';

let field: Field;
afterEach(() => field?.stop());

const modbus = async (port: number) => new ModbusTcpClient(await openChannel({ kind: 'tcp', host: '127.0.0.1', port }));

describe('the meters', () => {
  it('have the registers of their makers', async () => {
    field = await startField({ tickMs: 60_000 });
    const { market, waterworks, mill } = field.plant.consumers;
    const hall = await modbus(field.ports.meters);
    const acrel = await hall.request(1, { kind: 'read_holding_registers', address: 0x61, quantity: 1 });
    expect(acrel.data.readUInt16BE(0) / 10).toBeCloseTo(market.voltageV, 0);
    const eastron = await hall.request(2, { kind: 'read_input_registers', address: 0x34, quantity: 2 });
    expect(eastron.data.readFloatBE(0) / waterworks.activeW).toBeCloseTo(1, 5);
    await expect(hall.request(3, { kind: 'read_input_registers', address: 0, quantity: 2 })).rejects.toThrow(
      /0x0b|11|gateway/i,
    );
    hall.close();
    const line = await modbus(field.ports.mill);
    const between = await line.request(1, { kind: 'read_holding_registers', address: 3019, quantity: 2 });
    expect(between.data.readFloatBE(0) / (mill.voltageV * Math.sqrt(3))).toBeCloseTo(1, 5);
    const energy = await line.request(1, { kind: 'read_holding_registers', address: 3203, quantity: 4 });
    expect(Number(energy.data.readBigInt64BE(0))).toBe(Math.round(mill.importWh));
    line.close();
  });
});

describe('the IED', () => {
  it('executes a select before operate and refuses a position it has', async () => {
    field = await startField({ tickMs: 60_000 });
    const client = await Iec61850Client.connect({ kind: 'tcp', host: '127.0.0.1', port: field.ports.ied });
    const breaker = await client.control(`${iedDevice}/CSWI1.Pos`);
    expect(breaker.model).toBe('sbo-enhanced');
    const execute = (value: boolean) =>
      breaker.execute({ value, check: { synchro: false, interlock: true }, notAfterMs: Date.now() + 5_000 });
    expect(await execute(true)).toMatchObject({ status: 'refused', cause: 'position-reached' });
    expect(await execute(false)).toMatchObject({ status: 'executed' });
    expect(field.plant.feeders.F2.position).toBe('off');
    expect(await client.read(`${iedDevice}/MMXU1.TotW.mag.f[MX]`)).toMatchObject({ value: 0 });
    await client.close();
  });
});

describe('a field', () => {
  it('says which port is taken, and leaves none of the others open', async () => {
    field = await startField();
    await expect(startField({ ports: { ...field.ports, meters: 0, mill: 0, rtu: 0 } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
