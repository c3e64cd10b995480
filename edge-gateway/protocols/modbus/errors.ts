/**
 * The four ways in which a Modbus request can fail. They are told apart because they mean different things for a write:
 * an exception says that nothing was done (mostly), a line that broke before sending says so for certain, and silence
 * says nothing.
 */

/** MODBUS Application Protocol V1.1b3, section 7. */
export const exceptionNames: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'server device failure',
  5: 'acknowledge',
  6: 'server device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target device failed to respond',
};

/** The device answered that it will not. */
export class ModbusExceptionError extends Error {
  override readonly name = 'ModbusExceptionError';
  readonly functionCode: number;
  readonly exceptionCode: number;

  constructor(functionCode: number, exceptionCode: number) {
    super(`exception ${exceptionCode}: ${exceptionNames[exceptionCode] ?? 'unknown to the specification'}`);
    this.functionCode = functionCode;
    this.exceptionCode = exceptionCode;
  }
}

/** Bytes that are no message, or no answer to the request. */
export class ModbusFrameError extends Error {
  override readonly name = 'ModbusFrameError';
}

/** Sent, and no answer in time. */
export class ModbusTimeoutError extends Error {
  override readonly name = 'ModbusTimeoutError';
  readonly sent = true;
}

/** The line is closed; `sent` tells whether the request may have reached the device before. */
export class ModbusLineError extends Error {
  override readonly name = 'ModbusLineError';
  readonly sent: boolean;

  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.sent = sent;
  }
}
