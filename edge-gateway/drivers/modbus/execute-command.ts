/** One command, sent at most once, and what its answer means for whether it happened. */
import {
  type ModbusClient,
  ModbusExceptionError,
  ModbusLineError,
  type Request,
} from '../../protocols/modbus/index.ts';
import type { Command, CommandOutcome, DriverContext } from '../../runtime/driver.ts';
import type { PlacedPoint } from './point.ts';
import type { ModbusDevice } from './settings.ts';
import { UnwritableError, writeRequestOf } from './write-request.ts';

class ExpiredError extends Error {}

export async function executeCommand(
  command: Command,
  point: PlacedPoint,
  device: ModbusDevice,
  client: ModbusClient,
  context: DriverContext,
): Promise<CommandOutcome> {
  const beforeSend = (): void => {
    if (context.now() >= command.expiresAtMs) throw new ExpiredError('It expired before it could be sent.');
  };
  try {
    beforeSend();
    const scale = await scaleOf(point, device, client);
    const request = writeRequestOf(point, command.action, { canWriteSingle: device.canWriteSingle, scale });
    await client.request(device.unitId, request as Request & { kind: 'write_single_register' }, {
      isUrgent: true,
      beforeSend,
    });
    return { status: 'executed' };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** A value is written in the scale that the device has at this moment. */
async function scaleOf(point: PlacedPoint, device: ModbusDevice, client: ModbusClient): Promise<number> {
  if (point.scaleAddress === undefined) return 0;
  const request = { kind: 'read_holding_registers' as const, address: point.scaleAddress, quantity: 1 };
  try {
    const { data } = await client.request(device.unitId, request, { isUrgent: true });
    const exponent = data.readInt16BE();
    if (Math.abs(exponent) <= 10) return exponent;
    throw new UnwritableError(`The device has no scale for it (${exponent}).`);
  } catch (error) {
    if (error instanceof UnwritableError) throw error;
    throw new UnwritableError(`Its scale could not be read: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * MODBUS Application Protocol V1.1b3, section 7. Exceptions 1, 2, 3 and 6 come before anything is done and 10 before
 * anything is passed on; 4, 5, 8 and 11 do not say what became of it.
 */
const refusals = new Set([1, 2, 3, 6]);

function outcomeOf(error: unknown): CommandOutcome {
  const reason = (error as Error).message;
  if (error instanceof ExpiredError || error instanceof UnwritableError) return { status: 'not_sent', reason };
  if (error instanceof ModbusLineError) return { status: error.sent ? 'unknown' : 'not_sent', reason };
  if (error instanceof RangeError) return { status: 'not_sent', reason };
  if (error instanceof ModbusExceptionError) {
    const code = error.exceptionCode;
    if (refusals.has(code)) return { status: 'refused', reason, code };
    return code === 10 ? { status: 'not_sent', reason } : { status: 'unknown', reason };
  }
  // A time-out, or an answer that made no sense: it was sent.
  return { status: 'unknown', reason };
}
