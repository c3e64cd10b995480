/** The driver behind the contract that all drivers share, once for each framing. */
import type { Input } from '../contract-suite.ts';
import { describeDriverContract, type LoopbackDevice } from '../contract-suite.ts';
import { modbusDriver } from './index.ts';
import { LoopbackModbus } from './test-support/loopback-device.ts';

async function openDevice(framing: 'tcp' | 'rtu'): Promise<LoopbackDevice> {
  const device = await new LoopbackModbus(framing).listen();
  device.bank.inputRegisters.set(10, 230);
  device.bank.holdingRegisters.set(20, 0);
  const input: Input = {
    connection: { host: '127.0.0.1', port: device.port, framing, timeoutMs: 500 },
    devices: [{ id: 'meter', settings: { unitId: 7 } }],
    points: [
      { id: 'voltage', deviceId: 'meter', address: 'input:10', dataType: 'uint16', scanRateMs: 500, writable: false },
      { id: 'setpoint', deviceId: 'meter', address: 'holding:20', dataType: 'int16', scanRateMs: 500, writable: true },
    ],
  };
  const [voltage, setpoint] = input.points as [(typeof input.points)[0], (typeof input.points)[0]];
  return {
    input,
    reading: {
      pointId: 'voltage',
      deviceId: 'meter',
      initial: 230,
      changed: 231,
      set: (value) => void device.bank.inputRegisters.set(10, value as number),
    },
    control: {
      pointId: 'setpoint',
      action: { kind: 'write', value: -5 },
      mode: 'direct',
      taken: () => device.writes,
      expected: { kind: 'write_single_register', address: 20, value: 0xfffb },
      swallowAnswers: () => {
        device.swallowsWrites = true;
      },
      refuse: () => device.refuse(3),
    },
    wrongInputs: [
      { name: 'no host', input: { ...input, connection: { port: 502 } }, field: /connection\.host/ },
      {
        name: 'a port that is none',
        input: { ...input, connection: { host: 'a', port: 0 } },
        field: /connection\.port/,
      },
      { name: 'a field nobody knows', input: { ...input, connection: { host: 'a', prot: 1 } }, field: /prot/ },
      {
        name: 'an address that is none',
        input: { ...input, points: [{ ...voltage, address: 'register 10' }] },
        field: /points\[voltage\]\.address/,
      },
      {
        name: 'a type that is none',
        input: { ...input, points: [{ ...voltage, dataType: 'int24' }] },
        field: /points\[voltage\]\.dataType/,
      },
      {
        name: 'an input that is written',
        input: { ...input, points: [{ ...voltage, writable: true }, setpoint] },
        field: /points\[voltage\]\.writable/,
      },
      {
        name: 'a unit that is none',
        input: { ...input, devices: [{ id: 'meter', settings: { unitId: 256 } }] },
        field: /devices\[meter\]\.settings\.unitId/,
      },
    ],
    goOffline: () => device.close(),
    comeBack: async () => void (await device.listen()),
    openLines: () => device.openLines,
    close: () => device.close(),
  };
}

describeDriverContract(modbusDriver, () => openDevice('tcp'), { name: 'modbus (TCP)' });
describeDriverContract(modbusDriver, () => openDevice('rtu'), { name: 'modbus (RTU over TCP)' });
