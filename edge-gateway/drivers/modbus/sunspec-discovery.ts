/**
 * Finds the SunSpec models of a device: `SunS` at one of the known places, then a chain of blocks that each tell their
 * id and length, until id FFFF (SunSpec Information Model Specification 1.2, "Device Modbus Map").
 */
import { type ModbusClient, ModbusExceptionError } from '../../protocols/modbus/index.ts';

const marker = 0x53756e53;
const endOfModels = 0xffff;
/** More than any device has; a chain that does not end must not be followed for ever. */
const maxModels = 200;

export interface SunspecModel {
  id: number;
  /** Address of the id register. */
  address: number;
  /** Registers after id and length. */
  length: number;
}

/**
 * @throws Error when there is no SunSpec map, or its chain is broken
 * @throws what the client throws for anything but exceptions
 */
export async function discoverModels(
  client: ModbusClient,
  unitId: number,
  bases: readonly number[],
): Promise<SunspecModel[]> {
  const read = async (address: number, quantity: number): Promise<Buffer | undefined> => {
    try {
      const request = { kind: 'read_holding_registers' as const, address, quantity };
      return (await client.request(unitId, request)).data;
    } catch (error) {
      if (error instanceof ModbusExceptionError) return undefined;
      throw error;
    }
  };
  for (const base of bases) {
    const head = await read(base, 2);
    if (head?.readUInt32BE(0) === marker) return followChain(base + 2, read);
  }
  throw new Error(`no SunSpec map at ${bases.join(', ')}`);
}

async function followChain(
  first: number,
  read: (address: number, quantity: number) => Promise<Buffer | undefined>,
): Promise<SunspecModel[]> {
  const models: SunspecModel[] = [];
  for (let address = first; models.length < maxModels && address < 65_535; ) {
    const head = await read(address, 2);
    if (!head) throw new Error(`the chain of SunSpec models breaks at register ${address}`);
    const id = head.readUInt16BE(0);
    if (id === endOfModels) return models;
    const length = head.readUInt16BE(2);
    models.push({ id, address, length });
    address += 2 + length;
  }
  throw new Error('the chain of SunSpec models does not end');
}
