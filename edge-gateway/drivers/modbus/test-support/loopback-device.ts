/** A Modbus device on loopback for the driver's tests: a bank of registers behind a server that can misbehave on demand. */
import {
  functionCodeOf,
  listenModbus,
  ModbusExceptionError,
  RegisterBank,
  type Request,
  readOnlyKinds,
} from '../../../protocols/modbus/index.ts';
import type { ByteChannel, Listener } from '../../../protocols/transport/byte-channel.ts';

export class LoopbackModbus {
  readonly bank = new RegisterBank();
  /** All that was asked, in order. */
  readonly requests: { unit: number; request: Request }[] = [];
  /** Writes that were acted upon. */
  readonly writes: Request[] = [];
  /** Answers instead of the bank; undefined falls through to it. */
  intercept: (unit: number, request: Request) => ModbusExceptionError | 'silence' | undefined = () => undefined;
  swallowsWrites = false;
  readonly #lines = new Set<ByteChannel>();
  #listener: Listener | undefined;
  #port = 0;
  readonly #framing: 'tcp' | 'rtu';

  constructor(framing: 'tcp' | 'rtu' = 'tcp') {
    this.#framing = framing;
  }

  get port(): number {
    return this.#port;
  }

  get openLines(): number {
    return [...this.#lines].filter((line) => line.isOpen).length;
  }

  async listen(): Promise<this> {
    this.#listener = await listenModbus(
      { port: this.#port, framing: this.#framing },
      (unit, request) => {
        this.requests.push({ unit, request });
        const instead = this.intercept(unit, request);
        if (instead === 'silence') return undefined;
        if (instead) throw instead;
        const response = this.bank.answer(unit, request);
        if (readOnlyKinds.has(request.kind)) return response;
        this.writes.push(request);
        return this.swallowsWrites ? undefined : response;
      },
      { onLine: (line) => void this.#lines.add(line) },
    );
    this.#port = this.#listener.port;
    return this;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
  }

  refuse(code: number): void {
    this.intercept = (_, request) =>
      readOnlyKinds.has(request.kind) ? undefined : new ModbusExceptionError(functionCodeOf(request.kind), code);
  }
}
