/** A small station with one of everything: documentation, and the beginning of tests. */
import type * as z from 'zod/mini';
import type { stationConfigurationSchema } from './station-configuration.ts';

export const exampleConfiguration: z.input<typeof stationConfigurationSchema> = {
  formatVersion: 1,
  stationId: 'ST-001',
  version: 12,
  issuedAt: '2026-01-01T00:00:00Z',
  connections: [
    { id: 'meters', name: 'Meters of the hall', protocolType: 'modbus', host: '10.0.0.20', port: 502, settings: {} },
    {
      id: 'rtu',
      name: 'RTU of the yard',
      protocolType: 'dnp3',
      host: '10.0.0.30',
      port: 20_000,
      settings: { masterAddress: 1 },
    },
  ],
  devices: [
    { id: 'M1', name: 'Incoming meter', connectionId: 'meters', settings: { unitId: 1 }, profile: 'acrel-adl400' },
    { id: 'RTU1', name: 'Yard', connectionId: 'rtu', settings: { outstationAddress: 10 } },
  ],
  points: [
    {
      id: 'M1.voltage',
      name: 'Voltage L1',
      deviceId: 'M1',
      pointType: 'analog_input',
      address: 'holding:97',
      dataType: 'uint16',
      scaleFactor: 0.1,
      unit: 'V',
      lowLimit: 0,
      highLimit: 500,
      alarmLow: 207,
      alarmHigh: 253,
      hysteresis: 2,
      alarmDelayMs: 5_000,
      deadbandAbsolute: 0.5,
      scanRateMs: 1_000,
    },
    {
      id: 'M1.current',
      name: 'Current L1',
      deviceId: 'M1',
      pointType: 'analog_input',
      address: 'holding:100',
      dataType: 'uint16',
      scaleFactor: 0.01,
      unit: 'A',
      deadbandPercent: 1,
    },
    {
      id: 'CB1.position',
      name: 'Breaker 1',
      deviceId: 'RTU1',
      pointType: 'double_bit',
      address: { group: 'double_bit', index: 0 },
      dataType: 'double_bit',
      alarmStates: ['intermediate', 'indeterminate'],
      priority: 'high',
    },
    {
      id: 'CB1.control',
      name: 'Breaker 1: trip, close',
      deviceId: 'RTU1',
      pointType: 'binary_output',
      address: { group: 'binary_output', index: 0 },
      dataType: 'boolean',
      writable: true,
      control: {
        mode: 'select_before_operate',
        interlock: '[CB1.position] <> "intermediate"',
        readBack: { pointId: 'CB1.position', timeoutMs: 5_000 },
      },
    },
  ],
  derivedPoints: [
    { id: 'M1.power', name: 'Apparent power L1', expression: '[M1.voltage] * [M1.current] / 1000', unit: 'kVA' },
  ],
};
