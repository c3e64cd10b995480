/** One conversation over every kind of line: TCP, TLS, and a serial line made of two pseudo terminals. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ByteChannel, listen, openChannel } from '../transport/byte-channel.ts';
import { MasterChannel } from './master/master-channel.ts';
import type { Measurement } from './master/measurements.ts';
import { Outstation } from './outstation/outstation.ts';
import { hasProgram } from './testing/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'dnp3-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newOutstation = (): Outstation =>
  new Outstation(
    {
      address: 10,
      points: Array.from({ length: 100 }, (_, index) => ({
        kind: 'analog_input' as const,
        index,
        eventClass: 1 as const,
        flags: 1,
        value: index / 4,
      })),
    },
    { select: () => 0, operate: () => 0 },
  );

const until = async (condition: () => boolean): Promise<void> => {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 10_000) throw new Error('Waited in vain.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

async function converse(outstation: Outstation, connect: () => Promise<ByteChannel>): Promise<void> {
  const measurements: Measurement[] = [];
  const channel = new MasterChannel({ connect });
  const station = channel.addOutstation({ address: 10 }, { measurements: (fresh) => void measurements.push(...fresh) });
  channel.start();
  await until(() => station.state === 'online');
  expect(measurements.map(({ value }) => value)).toEqual(Array.from({ length: 100 }, (_, index) => index / 4));
  outstation.update('analog_input', 7, 99, { timeMs: 1_700_000_000_123 });
  await until(() => measurements.some(({ isEvent }) => isEvent));
  expect(measurements.at(-1)).toMatchObject({ index: 7, value: 99, timeMs: 1_700_000_000_123 });
  expect(await station.operate([{ kind: 'control', index: 0, operation: 'latch_on' }])).toEqual([
    { outcome: 'success' },
  ]);
  await channel.stop();
}

it('over TCP', async () => {
  const outstation = newOutstation();
  const listener = await listen({ port: 0 }, (channel) => outstation.attach(channel));
  await converse(outstation, () => openChannel({ kind: 'tcp', host: '127.0.0.1', port: listener.port }));
  await listener.close();
});

describe.skipIf(!hasProgram('openssl', 'openssl'))('over TLS', () => {
  it('with certificates on both sides, and not without', async () => {
    for (const name of ['outstation', 'master'])
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-subj',
          `/CN=${name}`,
          '-keyout',
          join(folder, `${name}.key`),
          '-out',
          join(folder, `${name}.pem`),
        ],
        { stdio: 'ignore' },
      );
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    const outstation = newOutstation();
    const tls = {
      key: read('outstation.key'),
      cert: read('outstation.pem'),
      ca: read('master.pem'),
      requestCert: true,
    };
    const listener = await listen({ port: 0, tls }, (channel) => outstation.attach(channel));
    const own = { key: read('master.key'), cert: read('master.pem') };
    const settings = { ca: read('outstation.pem'), checkServerIdentity: () => undefined };
    const open = (extra: object) =>
      openChannel({ kind: 'tls', host: '127.0.0.1', port: listener.port, tls: { ...settings, ...extra } });
    await converse(outstation, () => open(own));
    const stranger = await open({}).catch(() => undefined);
    if (stranger) await new Promise((resolve) => stranger.onClose(resolve));
    expect(stranger?.isOpen ?? false).toBe(false);
    await listener.close();
  });
});

describe.skipIf(!hasProgram('socat', 'socat'))('over a serial line', () => {
  let socat: ChildProcess | undefined;
  afterAll(() => socat?.kill());

  it('at 115200 baud', async () => {
    const ends = [join(folder, 'left'), join(folder, 'right')] as const;
    socat = spawn(
      'socat',
      ends.map((end) => `pty,raw,echo=0,link=${end}`),
      { stdio: 'ignore' },
    );
    await until(() => ends.every((end) => existsSync(end)));
    const outstation = newOutstation();
    const open = (path: string) => openChannel({ kind: 'serial', path, baudRate: 115_200 });
    outstation.attach(await open(ends[0]));
    await converse(outstation, () => open(ends[1]));
    outstation.detach();
  });
});
