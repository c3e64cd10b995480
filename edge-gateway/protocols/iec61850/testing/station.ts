/** The test station with its clients on loopback, ended together; the line between can be cut as a digger does. */
import { type ByteChannel, openChannel } from '../../transport/byte-channel.ts';
import { Iec61850Client } from '../acsi/client.ts';
import type { MmsClientSettings } from '../mms/client.ts';
import type { ServerModel } from '../server/model.ts';
import { Iec61850Server, type ServerOptions } from '../server/server.ts';
import { stationModel } from './station-model.ts';
import { TurnableClock } from './turnable-clock.ts';

export const device = 'STATION1LD0';

export interface Station {
  clock: TurnableClock;
  server: Iec61850Server;
  port: number;
  connect(settings?: MmsClientSettings): Promise<{ client: Iec61850Client; cut(): void }>;
  /** Power off and on again: what was not kept is gone. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startStation(options: ServerOptions = {}, model: ServerModel = stationModel): Promise<Station> {
  const clock = new TurnableClock();
  const channels: ByteChannel[] = [];
  let server = new Iec61850Server(model, { clock, ...options });
  let port = await server.listen({ port: 0 });
  return {
    clock,
    get server() {
      return server;
    },
    get port() {
      return port;
    },
    async connect(settings = {}) {
      const channel = await openChannel({ kind: 'tcp', host: '127.0.0.1', port });
      channels.push(channel);
      return { client: await Iec61850Client.connect(channel, settings, clock), cut: () => channel.close() };
    },
    async restart() {
      await server.close();
      server = new Iec61850Server(model, { clock, ...options });
      port = await server.listen({ port: 0 });
    },
    async close() {
      for (const channel of channels) channel.close();
      await server.close();
    },
  };
}
