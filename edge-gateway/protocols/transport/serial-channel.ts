/** A serial line behind the contract of byte channels. The library is loaded only where a serial line is configured. */
import { SerialPort } from 'serialport';
import type { ByteChannel, LineSettings } from './byte-channel.ts';

type SerialSettings = Extract<LineSettings, { kind: 'serial' }>;

export async function openSerialChannel(settings: SerialSettings): Promise<ByteChannel> {
  const { path, baudRate, dataBits = 8, parity = 'none', stopBits = 1, rtsOnSend = false } = settings;
  const port = new SerialPort({ path, baudRate, dataBits, parity, stopBits, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  const name = `serial ${path}`;
  let failure: Error | undefined;
  let closed: ((error: Error | undefined) => void) | undefined;
  port.on('error', (error) => {
    failure = error;
    port.close(() => {});
  });
  port.on('close', (error: Error | undefined) => closed?.(failure ?? error ?? undefined));
  const setRts = (rts: boolean): Promise<void> =>
    new Promise((resolve, reject) => port.set({ rts }, (error) => (error ? reject(error) : resolve())));
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      port.write(Buffer.from(bytes), (error) => {
        if (error) reject(error);
        else port.drain((drainError) => (drainError ? reject(drainError) : resolve()));
      });
    });
  return {
    name,
    get isOpen() {
      return port.isOpen;
    },
    async write(bytes) {
      if (!port.isOpen) throw failure ?? new Error(`${name} is closed.`);
      if (!rtsOnSend) return send(bytes);
      await setRts(true);
      try {
        await send(bytes);
      } finally {
        await setRts(false);
      }
    },
    onData: (listener) => void port.on('data', listener),
    onClose: (listener) => {
      closed = listener;
      if (!port.isOpen) queueMicrotask(() => listener(failure));
    },
    close: () => {
      if (port.isOpen) port.close(() => {});
    },
  };
}
