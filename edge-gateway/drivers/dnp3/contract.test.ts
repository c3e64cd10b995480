/** The driver behind the contract that all drivers share. */
import { describeDriverContract, type Input, type LoopbackDevice } from '../contract-suite.ts';
import { dnp3Driver } from './index.ts';
import { LoopbackOutstation } from './test-support/loopback-outstation.ts';

async function openDevice(): Promise<LoopbackDevice> {
  const device = await new LoopbackOutstation([
    { kind: 'analog_input', index: 3, eventClass: 2, value: 230, flags: 1 },
    { kind: 'binary_output', index: 0, eventClass: 1, flags: 1 },
  ]).listen();
  const input: Input = {
    connection: { host: '127.0.0.1', port: device.port },
    devices: [{ id: 'rtu', settings: { outstationAddress: 10, responseTimeoutMs: 1_000 } }],
    points: [
      {
        id: 'voltage',
        deviceId: 'rtu',
        address: { group: 'analog_input', index: 3 },
        dataType: 'float32',
        scanRateMs: 500,
        writable: false,
      },
      {
        id: 'breaker',
        deviceId: 'rtu',
        address: { group: 'binary_output', index: 0, control: 'trip_close', onMs: 200 },
        dataType: 'boolean',
        scanRateMs: 500,
        writable: true,
      },
    ],
  };
  const [voltage, breaker] = input.points as [(typeof input.points)[0], (typeof input.points)[0]];
  return {
    input,
    reading: {
      pointId: 'voltage',
      deviceId: 'rtu',
      initial: 230,
      changed: 231.5,
      set: (value) => void device.outstation.update('analog_input', 3, value as number),
    },
    control: {
      pointId: 'breaker',
      action: { kind: 'operate', code: 'trip' },
      mode: 'select_before_operate',
      taken: () => device.taken,
      expected: {
        kind: 'control',
        index: 0,
        operation: 'pulseOn',
        tripClose: 'trip',
        clear: false,
        count: 1,
        onMs: 200,
        offMs: 100,
      },
      swallowAnswers: () => {
        device.swallows = true;
      },
      refuse: () => {
        device.isRefusing = true;
      },
    },
    wrongInputs: [
      { name: 'no host', input: { ...input, connection: {} }, field: /connection\.host/ },
      { name: 'a field nobody knows', input: { ...input, connection: { host: 'a', prot: 1 } }, field: /prot/ },
      {
        name: 'a reserved link address',
        input: { ...input, devices: [{ id: 'rtu', settings: { outstationAddress: 65_535 } }] },
        field: /devices\[rtu\]\.settings\.outstationAddress/,
      },
      {
        name: 'two devices with one address',
        input: { ...input, devices: ['rtu', 'b'].map((id) => ({ id, settings: { outstationAddress: 10 } })) },
        field: /devices\[b\]\.settings\.outstationAddress/,
      },
      {
        name: 'an address that is none',
        input: { ...input, points: [{ ...voltage, address: '30001' }] },
        field: /points\[voltage\]\.address/,
      },
      {
        name: 'a type that does not fit',
        input: { ...input, points: [{ ...breaker, dataType: 'float32' }] },
        field: /points\[breaker\]\.dataType/,
      },
      {
        name: 'an input that is written',
        input: { ...input, points: [{ ...voltage, writable: true }] },
        field: /points\[voltage\]\.writable/,
      },
    ],
    goOffline: () => device.close(),
    comeBack: async () => void (await device.listen()),
    openLines: () => device.openLines,
    close: () => device.close(),
  };
}

describeDriverContract(dnp3Driver, openDevice);
