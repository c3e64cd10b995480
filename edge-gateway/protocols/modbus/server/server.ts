/** The answering side, for simulators, tests and relays: any framing on any line, in front of a function that answers. */
import type { TlsOptions } from 'node:tls';
import { type ByteChannel, type Listener, listen } from '../../transport/byte-channel.ts';
import { ModbusExceptionError, ModbusFrameError } from '../errors.ts';
import { encodeMbap, MbapReader } from '../framing/mbap.ts';
import { encodeRtu, RtuReader } from '../framing/rtu.ts';
import { decodeRequest, encodeException, encodeResponse, requestLength } from '../pdu/codec.ts';
import type { Request, Response } from '../pdu/messages.ts';

/**
 * Answers one request; ModbusExceptionError becomes the exception, undefined leaves the client waiting.
 */
export type RequestHandler = (unit: number, request: Request) => Response | undefined | Promise<Response | undefined>;

export interface ServeOptions {
  /** Units that are served here; on a serial line all others belong to somebody else. @default all */
  units?: ReadonlySet<number>;
  /** Requests of one line that may be under way; more are told that the server is busy. @default 16 */
  maxInFlight?: number;
  /** Pause that ends a frame of unknown length (RTU). @default 25 */
  idleMs?: number;
}

async function answer(handler: RequestHandler, unit: number, pdu: Buffer): Promise<Buffer | undefined> {
  try {
    const response = await handler(unit, decodeRequest(pdu));
    return response && encodeResponse(response);
  } catch (error) {
    if (error instanceof ModbusExceptionError) return encodeException(pdu[0]!, error.exceptionCode);
    if (error instanceof ModbusFrameError) return encodeException(pdu[0]!, 3);
    return encodeException(pdu[0]!, 4);
  }
}

export function serveMbap(channel: ByteChannel, handler: RequestHandler, options: ServeOptions = {}): void {
  const reader = new MbapReader();
  const maxInFlight = options.maxInFlight ?? 16;
  let inFlight = 0;
  const send = (bytes: Buffer): void => void channel.write(bytes).catch(() => channel.close());
  channel.onData((chunk) => {
    try {
      reader.push(chunk, ({ transactionId, unit, pdu }) => {
        if (options.units && !options.units.has(unit)) {
          return send(encodeMbap(transactionId, unit, encodeException(pdu[0]!, 11)));
        }
        if (inFlight >= maxInFlight) return send(encodeMbap(transactionId, unit, encodeException(pdu[0]!, 6)));
        inFlight += 1;
        void answer(handler, unit, pdu).then((response) => {
          inFlight -= 1;
          if (response && channel.isOpen) send(encodeMbap(transactionId, unit, response));
        });
      });
    } catch {
      // Out of step for good: only a new connection helps.
      channel.close();
    }
  });
}

export function serveRtu(channel: ByteChannel, handler: RequestHandler, options: ServeOptions = {}): void {
  const isMine = (unit: number): boolean => unit === 0 || !options.units || options.units.has(unit);
  const reader = new RtuReader(requestLength, isMine);
  let idle: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const take = (unit: number, pdu: Buffer): void => {
    turn = turn.then(async () => {
      const response = await answer(handler, unit, pdu);
      // Nobody answers a broadcast (Serial Line V1.02, section 2.1).
      if (response && unit !== 0 && channel.isOpen) await channel.write(encodeRtu(unit, response)).catch(() => {});
    });
  };
  channel.onData((chunk) => {
    clearTimeout(idle);
    for (const { unit, pdu } of reader.push(chunk)) take(unit, pdu);
    if (reader.isEmpty) return;
    idle = setTimeout(() => {
      for (const { unit, pdu } of reader.silence()) take(unit, pdu);
    }, options.idleMs ?? 25);
  });
  channel.onClose(() => clearTimeout(idle));
}

/** Listens and serves every line that comes. Port 0 takes a free one. */
export function listenModbus(
  settings: { host?: string; port: number; tls?: TlsOptions; framing?: 'tcp' | 'rtu' },
  handler: RequestHandler,
  options: ServeOptions & { onLine?: (channel: ByteChannel) => void } = {},
): Promise<Listener> {
  return listen(settings, (channel) => {
    channel.onClose(() => {});
    if (settings.framing === 'rtu') serveRtu(channel, handler, options);
    else serveMbap(channel, handler, options);
    options.onLine?.(channel);
  });
}
