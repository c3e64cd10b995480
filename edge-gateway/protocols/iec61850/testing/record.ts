/**
 * Makes the recordings that `replay.test.ts` plays: a scenario against another implementation's server, or another
 * implementation's client against ours. What the other programs have to be is told in docs/interop/iec61850.md.
 *
 *     node edge-gateway/protocols/iec61850/testing/record.ts server <scenario> <port> "<peer>"
 *     node edge-gateway/protocols/iec61850/testing/record.ts client <recording> <port to listen on> "<peer>" [password]
 */
import { writeFileSync } from 'node:fs';
import { type ByteChannel, listen, openChannel } from '../../transport/byte-channel.ts';
import { Iec61850Client } from '../acsi/client.ts';
import { systemClock } from '../clock.ts';
import { Iec61850Server } from '../server/server.ts';
import type { Exchange } from './exchange.ts';
import { scenarioSettings, scenarios, scenarioTimeMs } from './scenarios.ts';
import { stationModel } from './station-model.ts';

const clock = { ...systemClock, now: () => scenarioTimeMs };

/** The channel, with what passes put down as an exchange. */
function recording(channel: ByteChannel, own: 'client' | 'server', exchange: Exchange): ByteChannel {
  const other = own === 'client' ? 'server' : 'client';
  const put = (side: 'client' | 'server', bytes: Uint8Array): void => {
    const last = exchange.at(-1);
    const hex = Buffer.from(bytes).toString('hex');
    if (last?.[0] === side) last[1] += hex;
    else exchange.push([side, hex]);
  };
  return {
    get name() {
      return channel.name;
    },
    get isOpen() {
      return channel.isOpen;
    },
    write: (bytes) => {
      put(own, bytes);
      return channel.write(bytes);
    },
    onData: (listener) =>
      channel.onData((chunk) => {
        put(other, chunk);
        listener(chunk);
      }),
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
}

function keep(name: string, peer: string, findings: unknown, exchange: Exchange): void {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ peer, findings, exchange }, null, 1)}\n`);
  console.log(JSON.stringify(findings, null, 1));
}

async function recordServer(name: string, port: number, peer: string): Promise<void> {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`There is no scenario "${name}": ${Object.keys(scenarios).join(', ')}.`);
  const exchange: Exchange = [];
  const channel = recording(await openChannel({ kind: 'tcp', host: '127.0.0.1', port }), 'client', exchange);
  const { run, password } = scenario;
  const client = await Iec61850Client.connect(channel, { ...scenarioSettings, ...(password && { password }) }, clock);
  const findings = await run(client);
  await client.close();
  keep(name, peer, findings, exchange);
}

async function recordClient(name: string, port: number, peer: string, password: string | undefined): Promise<void> {
  const server = new Iec61850Server(stationModel, password === undefined ? { clock } : { clock, password });
  const exchange: Exchange = [];
  const ended = Promise.withResolvers<void>();
  const listener = await listen({ port }, (channel) => {
    void server.accept(recording(channel, 'server', exchange));
    const watch = setInterval(() => !channel.isOpen && ended.resolve(clearInterval(watch)), 50);
  });
  console.log(`Now start the client on port ${listener.port}.`);
  await ended.promise;
  keep(name, peer, null, exchange);
  await listener.close();
}

const [, , side, name = '', port = '0', peer = '', password] = process.argv;
if (side === 'server') await recordServer(name, Number(port), peer);
else if (side === 'client') await recordClient(name, Number(port), peer, password);
else throw new Error('Say server or client.');
