/** The station's Modbus meters: what the plant does at their connection, as the registers that each maker documents. */
import { encodeValue, lengthOfType } from '../../edge-gateway/drivers/modbus/value-types.ts';
import { expandProfile } from '../../edge-gateway/profiles/expand-profile.ts';
import type { Profile } from '../../edge-gateway/profiles/profile.ts';
import { profiles } from '../../edge-gateway/profiles/registry.ts';
import { listenModbus, ModbusExceptionError, RegisterBank } from '../../edge-gateway/protocols/modbus/index.ts';
import type { Listener } from '../../edge-gateway/protocols/transport/byte-channel.ts';
import type { Consumer, ConsumerName, Plant } from './plant.ts';

export interface MeterPlan {
  /** Id of the device in the platform. */
  id: string;
  name: string;
  consumer: ConsumerName;
  profile: string;
  /** Which of the two lines it hangs on. */
  line: 'meters' | 'mill';
  unitId: number;
  /** Ratio of its current transformers, where it tells values of their secondary side. */
  ct: number;
}

export const meterPlans: readonly MeterPlan[] = [
  { id: 'M1', name: 'Market', consumer: 'market', profile: 'acrel-adl3000', line: 'meters', unitId: 1, ct: 40 },
  { id: 'M2', name: 'Waterworks', consumer: 'waterworks', profile: 'eastron-sdm630', line: 'meters', unitId: 2, ct: 1 },
  { id: 'M3', name: 'Mill', consumer: 'mill', profile: 'schneider-pm5000', line: 'mill', unitId: 1, ct: 1 },
];

export interface Meters {
  ports: Record<MeterPlan['line'], number>;
  /** Writes what the plant does into the registers. */
  update(plant: Plant): void;
  close(): Promise<void>;
}

export async function startMeters(ports: Record<MeterPlan['line'], number>): Promise<Meters> {
  const meters = meterPlans.map((plan) => ({ plan, ...registersOf(plan) }));
  const listenLine = (line: MeterPlan['line']): Promise<Listener> => {
    const banks = new Map(meters.filter(({ plan }) => plan.line === line).map(({ plan, bank }) => [plan.unitId, bank]));
    return listenModbus({ port: ports[line] }, (unit, request) => {
      const bank = banks.get(unit);
      // What a gateway to serial lines answers for a unit that is not there (Application Protocol V1.1b3, section 7).
      if (!bank) throw new ModbusExceptionError(0, 11);
      return bank.answer(unit, request);
    });
  };
  const shared = await listenLine('meters');
  const mill = await listenLine('mill').catch(async (error) => {
    await shared.close();
    throw error;
  });
  return {
    ports: { meters: shared.port, mill: mill.port },
    update: (plant) => {
      for (const { plan, write } of meters) write(plant.consumers[plan.consumer], plant.frequencyHz);
    },
    close: async () => {
      await Promise.all([shared.close(), mill.close()]);
    },
  };
}

function registersOf({ profile: id, ct }: MeterPlan): {
  bank: RegisterBank;
  write: (consumer: Consumer, frequencyHz: number) => void;
} {
  const profile = profiles.find((known) => known.id === id)!;
  const scales = expandProfile(id, { deviceId: 'm', ct }).points.map(({ scaleFactor = 1 }) => scaleFactor);
  const bank = new RegisterBank();
  fill(bank, profile);
  const write = (consumer: Consumer, frequencyHz: number): void => {
    for (const [index, { key, unit = '', dataType, address }] of profile.points.entries()) {
      const value = quantityAt(key, consumer, frequencyHz);
      if (value === undefined) continue;
      const raw = value / (unit.startsWith('k') ? 1000 : 1) / scales[index]!;
      const isFloat = dataType.startsWith('float');
      const bytes = encodeValue(
        { type: dataType, order: profile.device.order ?? 'ABCD', length: lengthOfType(dataType)! },
        isFloat ? raw : Math.round(raw),
      );
      bank.set(tableOf(address), address['address'] as number, bytes);
    }
  };
  return { bank, write };
}

const tableOf = (address: Readonly<Record<string, unknown>>): 'holdingRegisters' | 'inputRegisters' =>
  address['table'] === 'input_register' ? 'inputRegisters' : 'holdingRegisters';

/** These meters answer every register between their first and last, with 0 where there is nothing. */
function fill(bank: RegisterBank, { points }: Profile): void {
  for (const table of ['holdingRegisters', 'inputRegisters'] as const) {
    const own = points.filter(({ address }) => tableOf(address) === table);
    const first = Math.min(...own.map(({ address }) => address['address'] as number));
    const end = Math.max(
      ...own.map(({ address, dataType }) => (address['address'] as number) + lengthOfType(dataType)!),
    );
    for (let address = first; address < end; address += 1) bank[table].set(address, 0);
  }
}

/** In V, A, W, var, VA, Hz, Wh and varh; undefined for what the plant does not model. */
function quantityAt(key: string, consumer: Consumer, frequencyHz: number): number | undefined {
  const { voltageV, currentA, activeW, reactiveVar, powerFactor, importWh, reactiveImportVarh } = consumer;
  const phases = /_l[123]$/.test(key) ? 3 : 1;
  const quantity = key.replace(/_l[123]$/, '');
  switch (quantity) {
    case 'voltage':
      return voltageV;
    // Between two phases: what is left of `voltage_l1_l2`.
    case 'voltage_l1':
    case 'voltage_l2':
    case 'voltage_l3':
      return voltageV * Math.sqrt(3);
    case 'current':
      return currentA;
    case 'active_power':
      return activeW / phases;
    case 'reactive_power':
      return reactiveVar / phases;
    case 'apparent_power':
      return Math.hypot(activeW, reactiveVar) / phases;
    case 'power_factor':
      return powerFactor;
    case 'frequency':
      // A meter without voltage sees no frequency.
      return voltageV > 0 ? frequencyHz : 0;
    case 'energy_import':
    case 'energy_total':
      return importWh;
    case 'energy_reactive_import':
      return reactiveImportVarh;
    default:
      return undefined;
  }
}
