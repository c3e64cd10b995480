/** What the platform is told about the simulated station: its lines, devices and points, as an engineer would enter them. */
import type { FieldPorts } from './field.ts';
import { iedDevice, iedReport } from './ied.ts';
import { meterPlans } from './meters.ts';
import { rtuAddress, rtuPoints } from './rtu.ts';

const host = '127.0.0.1';
/** Of meters; energies come once a minute. */
const meterKeys = (profile: string): string[] => [
  ...['voltage_l1', 'voltage_l2', 'voltage_l3', 'current_l1', 'current_l2', 'current_l3'],
  ...['active_power', 'reactive_power', 'frequency', 'energy_import'],
  ...(profile === 'schneider-pm5000' ? [] : ['power_factor']),
];

export interface StationPlan {
  protocols: readonly Record<string, unknown>[];
  devices: readonly Record<string, unknown>[];
  profiles: readonly { deviceId: string; profile: string; ct: number; keys: string[] }[];
  points: readonly Record<string, unknown>[];
  network: readonly Record<string, unknown>[];
}

/** @param prefix of all ids, which are unique in the tenant */
export function planStation(stationId: string, ports: FieldPorts): StationPlan {
  const modbus = { stationId, protocolType: 'modbus', host };
  return {
    protocols: [
      { ...modbus, id: 'L-METERS', name: 'Meters of the hall', port: ports.meters },
      { ...modbus, id: 'L-MILL', name: 'Meter of the mill', port: ports.mill },
      { id: 'L-RTU', stationId, name: 'RTU', protocolType: 'dnp3', host, port: ports.rtu },
      { id: 'L-IED', stationId, name: 'Bay controller F2', protocolType: 'iec61850', host, port: ports.ied },
    ],
    devices: [
      ...meterPlans.map(({ id, name, line, unitId }) => ({
        ...{ id, stationId, name, type: 'meter', settings: { unitId } },
        protocolId: line === 'meters' ? 'L-METERS' : 'L-MILL',
      })),
      {
        ...{ id: 'RTU1', stationId, protocolId: 'L-RTU', name: 'RTU of the yard', type: 'rtu' },
        settings: { outstationAddress: rtuAddress, eventPollMs: 5_000 },
      },
      {
        ...{ id: 'BAY2', stationId, protocolId: 'L-IED', name: 'Bay controller F2', type: 'ied' },
        settings: { reports: [{ control: iedReport, reserveSeconds: 5 }] },
      },
    ],
    profiles: meterPlans.map(({ id, profile, ct }) => ({ deviceId: id, profile, ct, keys: meterKeys(profile) })),
    points: [...rtuPointRows(), ...iedPointRows()],
    network: networkRows(stationId),
  };
}

/** A point is shown by a name and found by an id: `F1.current_l1`. */
function rtuPointRows(): Record<string, unknown>[] {
  const { analog } = rtuPoints;
  const measured = (id: string, name: string, index: number, unit: string, more: object = {}) => ({
    ...{ id, name, unit, deviceId: 'RTU1', pointType: 'analog_input', dataType: 'float32' },
    ...{ address: { group: 'analog_input', index } },
    ...more,
  });
  const load = { role: 'feeder_load', networkElementId: 'N-F1', alarmHigh: 400, hysteresis: 20, priority: 'high' };
  return [
    measured('F1.current_l1', 'Feeder F1, current L1', analog.currentL1, 'A', load),
    measured('F1.current_l2', 'Feeder F1, current L2', analog.currentL2, 'A'),
    measured('F1.current_l3', 'Feeder F1, current L3', analog.currentL3, 'A'),
    measured('F1.active_power', 'Feeder F1, active power', analog.activePower, 'kW'),
    measured('BUS.voltage', 'Busbar 11 kV', analog.busbar, 'kV', { lowLimit: 0, highLimit: 14, alarmLow: 10.2 }),
    measured('T1.temperature', 'Transformer T1, oil', analog.transformer, '°C', {
      ...{ role: 'transformer_temperature', networkElementId: 'N-T1' },
      ...{ alarmHigh: 90, alarmHighHigh: 105, hysteresis: 3, priority: 'high' },
    }),
    {
      ...{ id: 'Q1.position', name: 'Breaker Q1', deviceId: 'RTU1', pointType: 'double_bit', dataType: 'double_bit' },
      address: { group: 'double_bit', index: rtuPoints.breaker },
      // On its way it is intermediate for a moment, which is no fault.
      ...{ alarmStates: ['intermediate', 'indeterminate'], alarmDelayMs: 5_000, priority: 'high' },
      ...{ role: 'switch_position', networkElementId: 'N-Q1' },
    },
    {
      ...{ id: 'Q1.remote', name: 'Switch local/remote', deviceId: 'RTU1', pointType: 'binary_input' },
      ...{ dataType: 'boolean', address: { group: 'binary_input', index: rtuPoints.isRemote } },
    },
    {
      ...{ id: 'Q1.operations', name: 'Breaker Q1, operations', deviceId: 'RTU1', pointType: 'counter' },
      ...{ dataType: 'uint32', address: { group: 'counter', index: rtuPoints.operations } },
    },
    {
      ...{ id: 'Q1.control', name: 'Breaker Q1: trip, close', deviceId: 'RTU1', pointType: 'binary_output' },
      ...{ dataType: 'boolean', writable: true },
      address: { group: 'binary_output', index: rtuPoints.control, control: 'trip_close' },
      control: { mode: 'select_before_operate', readBack: { pointId: 'Q1.position', timeoutMs: 5_000 } },
    },
  ];
}

function iedPointRows(): Record<string, unknown>[] {
  const measured = (id: string, name: string, attribute: string, unit: string, scaleFactor = 1) => ({
    ...{ id, name, unit, scaleFactor, deviceId: 'BAY2', pointType: 'analog_input', dataType: 'float32' },
    address: `${iedDevice}/MMXU1.${attribute}.mag.f[MX]`,
  });
  return [
    measured('F2.active_power', 'Feeder F2, active power', 'TotW', 'kW', 0.001),
    measured('F2.reactive_power', 'Feeder F2, reactive power', 'TotVAr', 'kvar', 0.001),
    measured('F2.frequency', 'Frequency', 'Hz', 'Hz'),
    {
      ...{ id: 'Q2.position', name: 'Breaker Q2', deviceId: 'BAY2', pointType: 'double_bit', dataType: 'double_bit' },
      ...{ address: `${iedDevice}/XCBR1.Pos.stVal[ST]`, role: 'switch_position', networkElementId: 'N-Q2' },
    },
    {
      ...{ id: 'Q2.control', name: 'Breaker Q2: trip, close', deviceId: 'BAY2', pointType: 'double_bit' },
      ...{ dataType: 'double_bit', writable: true, address: `${iedDevice}/CSWI1.Pos[CO]` },
      control: { mode: 'select_before_operate', readBack: { pointId: 'Q2.position', timeoutMs: 5_000 } },
    },
  ];
}

/** The network behind the breakers, so that switching says what it does to supply. */
function networkRows(stationId: string): Record<string, unknown>[] {
  const element = (id: string, name: string, kind: string, parentId?: string) => ({
    ...{ id, name, kind, stationId },
    ...(parentId && { parentId }),
  });
  return [
    element('N-SUB', 'Substation', 'substation'),
    { ...element('N-T1', 'Transformer T1', 'transformer', 'N-SUB'), ratedKva: 5_000 },
    element('N-BUS', 'Busbar 11 kV', 'busbar', 'N-T1'),
    element('N-Q1', 'Breaker Q1', 'switch', 'N-BUS'),
    element('N-F1', 'Feeder F1', 'feeder', 'N-Q1'),
    element('N-Q2', 'Breaker Q2', 'switch', 'N-BUS'),
    element('N-F2', 'Feeder F2', 'feeder', 'N-Q2'),
  ];
}
