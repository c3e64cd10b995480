/** All that pymodbus's server can be asked, with the answers it must give: live, and again from the recording. */
import { expect } from 'vitest';
import { type ModbusClient, ModbusExceptionError } from '../index.ts';
import { registers } from '../pdu/messages.ts';

export async function askEverything(client: ModbusClient): Promise<void> {
  const ask: ModbusClient['request'] = (unit, request) => client.request(unit, request);
  const { data } = await ask(1, { kind: 'read_holding_registers', address: 0, quantity: 125 });
  expect(Array.from({ length: 125 }, (_, index) => data.readUInt16BE(index * 2))).toEqual([...Array(125).keys()]);
  expect((await ask(1, { kind: 'read_input_registers', address: 5, quantity: 2 })).data).toEqual(registers(15, 18));
  const inputs = await ask(1, { kind: 'read_discrete_inputs', address: 0, quantity: 10 });
  expect(inputs.bits).toEqual(Array.from({ length: 10 }, (_, index) => index % 3 === 0));
  await ask(1, { kind: 'write_single_coil', address: 3, value: true });
  await ask(1, { kind: 'write_multiple_coils', address: 5, bits: [true, false, true] });
  const coils = await ask(1, { kind: 'read_coils', address: 2, quantity: 7 });
  expect(coils.bits).toEqual([false, true, false, true, false, true, false]);
  await ask(1, { kind: 'write_single_register', address: 20, value: 0xbeef });
  await ask(1, { kind: 'write_multiple_registers', address: 21, data: registers(1, 2, 3) });
  await ask(1, { kind: 'mask_write_register', address: 20, andMask: 0xf2, orMask: 0x25 });
  const both = await ask(1, {
    kind: 'read_write_multiple_registers',
    read: { address: 20, quantity: 5 },
    write: { address: 24, data: registers(99) },
  });
  expect(both.data).toEqual(registers((0xbeef & 0xf2) | (0x25 & ~0xf2), 1, 2, 3, 99));
  expect((await ask(1, { kind: 'read_exception_status' })).status).toBeTypeOf('number');
  const echo = await ask(1, { kind: 'diagnostics', subFunction: 0, data: registers(0xa537) });
  expect(echo.data).toEqual(registers(0xa537));
  expect((await ask(1, { kind: 'get_comm_event_counter' })).eventCount).toBeTypeOf('number');
  expect((await ask(1, { kind: 'get_comm_event_log' })).messageCount).toBeTypeOf('number');
  expect((await ask(1, { kind: 'report_server_id' })).data.length).toBeGreaterThan(0);
  const identification = await ask(1, { kind: 'read_device_identification', level: 2, objectId: 0 });
  const named = new Map(identification.objects.map(({ id, value }) => [id, value.toString()]));
  expect([named.get(0), named.get(1), named.get(2), named.get(5)]).toEqual(['Maker', 'M1', '1.2', 'Bench']);
  await expect(ask(1, { kind: 'read_holding_registers', address: 5000, quantity: 1 })).rejects.toEqual(
    new ModbusExceptionError(3, 2),
  );
}
