/**
 * Exchanges recorded with libiec61850 (see docs/interop/iec61850.md), replayed against our side: its server against our
 * client, its client against our server. Our bytes must be those it understood then.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Iec61850Client } from './acsi/client.ts';
import { systemClock } from './clock.ts';
import { Iec61850Server } from './server/server.ts';
import { type Exchange, ExchangeChannel } from './testing/exchange.ts';
import { scenarioSettings, scenarios, scenarioTimeMs } from './testing/scenarios.ts';
import { stationModel } from './testing/station-model.ts';

interface Recording {
  peer: string;
  findings: unknown;
  exchange: Exchange;
}

const recording = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

const clock = { ...systemClock, now: () => scenarioTimeMs };

describe('our client with the reference server', () => {
  it.each(Object.entries(scenarios))('%s', async (name, { run, password }) => {
    const { exchange, findings } = recording(name);
    const channel = new ExchangeChannel(exchange, 'client');
    const client = await Iec61850Client.connect(channel, { ...scenarioSettings, ...(password && { password }) }, clock);
    const found = await run(client).catch((error) => error);
    expect(channel.difference).toBeUndefined();
    expect(JSON.parse(JSON.stringify(found))).toEqual(findings);
    await client.close();
    expect(channel.difference).toBeUndefined();
    expect(channel.isDone).toBe(true);
  });
});

describe('our server with the reference client', () => {
  it.each(['client', 'client-with-password'])('%s', async (name) => {
    const { exchange } = recording(name);
    const server = new Iec61850Server(stationModel, name === 'client' ? { clock } : { clock, password: 'secret' });
    const channel = new ExchangeChannel(exchange, 'server');
    await server.accept(channel);
    await expect.poll(() => channel.isDone || channel.difference, { timeout: 5_000 }).toBe(true);
    expect(channel.difference).toBeUndefined();
    await server.close();
  });
});
