/**
 * Reads one batch of a device and learns from how it went. A batch that the device refuses for its addresses is cut in
 * two until the address at fault stands alone; what is found out about sizes and borders stays known.
 */
import { type ModbusClient, ModbusExceptionError } from '../../protocols/modbus/index.ts';
import type { DriverContext, Sample } from '../../runtime/driver.ts';
import { isBitTable, type Table } from './address.ts';
import type { AddressKnowledge } from './address-knowledge.ts';
import type { Batch } from './batch-planner.ts';
import { splitBatch } from './batch-planner.ts';
import type { BatchTuner } from './batch-tuner.ts';
import { decodeBatch, type SampleDecoder } from './decode-batch.ts';

const kindOfTable = {
  coil: 'read_coils',
  discrete_input: 'read_discrete_inputs',
  input_register: 'read_input_registers',
  holding_register: 'read_holding_registers',
} as const satisfies Record<Table, string>;

const illegalFunction = 1;
const illegalAddress = 2;
const illegalValue = 3;

export interface BatchReader {
  client: ModbusClient;
  unitId: number;
  context: DriverContext;
  knowledge: AddressKnowledge;
  tuner: BatchTuner;
  decoderOf(pointId: string): SampleDecoder;
  isUrgent: boolean;
  emit(samples: Sample[]): void | Promise<void>;
  /** Milliseconds that requests of registers took on the device, added up. */
  spentMs: number;
}

/** @throws what the client throws, but for exceptions that concern the addresses alone */
export async function readBatch(reader: BatchReader, batch: Batch): Promise<boolean> {
  try {
    await request(reader, batch);
    return true;
  } catch (error) {
    if (!(error instanceof ModbusExceptionError)) throw error;
    const { exceptionCode, message } = error;
    if (exceptionCode === illegalFunction) return refuse(reader, batch, message);
    if (exceptionCode !== illegalAddress && exceptionCode !== illegalValue) throw error;
    const split = splitBatch(batch);
    if (!split) return refuse(reader, batch, message);
    const [first, second] = split.halves;
    const isFirstRead = await readBatch(reader, first);
    const isSecondRead = await readBatch(reader, second);
    if (isFirstRead && isSecondRead) learn(reader, batch, second, split.gap, exceptionCode);
    return false;
  }
}

async function request(reader: BatchReader, batch: Batch): Promise<void> {
  const { client, context, tuner, unitId, isUrgent } = reader;
  let sentMs = context.monotonicMs();
  const beforeSend = (): void => {
    sentMs = context.monotonicMs();
  };
  const message = { kind: kindOfTable[batch.table], address: batch.start, quantity: batch.quantity };
  const response = await client.request(unitId, message, { isUrgent, beforeSend });
  const tookMs = context.monotonicMs() - sentMs;
  if (!isBitTable(batch.table)) {
    reader.spentMs += tookMs;
    tuner.recordRequest(batch.quantity, tookMs);
  }
  await reader.emit(decodeBatch(batch, response, (id) => reader.decoderOf(id)));
  for (const point of batch.points) if (reader.knowledge.isBad(point)) reader.knowledge.markGood(point);
}

/** Nothing of the batch can be read: said of every point once, and again at each try. */
async function refuse({ knowledge, context, emit }: BatchReader, batch: Batch, reason: string): Promise<false> {
  for (const point of batch.points) knowledge.markBad(point, reason, context.monotonicMs());
  await emit(batch.points.map(({ id }) => ({ pointId: id, value: undefined, quality: 'bad', reason })));
  return false;
}

/** Both halves can be read, the whole cannot: it was too long, or reached over a border. */
function learn({ knowledge, tuner }: BatchReader, whole: Batch, second: Batch, gap: number, code: number): void {
  if (code === illegalValue && gap === 0 && !isBitTable(whole.table)) {
    tuner.limitTo(Math.max(second.quantity, whole.quantity - second.quantity));
  } else knowledge.addBarrier(whole.table, second.start);
}
