/** Meters do not run our MQTT client: the broker and the rules are spoken to by mosquitto's, and what it sends is dissected by tshark. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readingMessage } from '../support/meter-client.ts';
import { eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';
import { hasProgram, run } from '../support/programs.ts';

const hasMosquitto = hasProgram('mosquitto_pub', 'mosquitto-clients');
const hasTshark = hasProgram('tshark', 'tshark');

describe.skipIf(!hasMosquitto)('mosquitto’s clients', () => {
  let mizan: Mizan;
  let address: string[];
  beforeAll(async () => {
    mizan = await startMizan();
    const { hostname, port } = new URL(mizan.platform.endpoints.mqttUrl);
    address = ['-h', hostname, '-p', port];
  });
  afterAll(() => mizan?.stop());

  const topic = (meter: number): string => `acrel/${mizan.north.stationId}/meter/${mizan.north.meterIds[meter]}/data`;
  const payload = (meter: number): string =>
    JSON.stringify(readingMessage(mizan.north.meterIds[meter]!, 1, Date.now()));
  const publish = (to: string, message: string, ...more: string[]) =>
    run('mosquitto_pub', [
      ...address,
      '-q',
      '1',
      '-u',
      'meter',
      '-P',
      mizan.north.apiKey,
      '-t',
      to,
      '-m',
      message,
      ...more,
    ]);
  const stored = async (meter: number): Promise<any[]> =>
    expectOk(await mizan.north.api('GET', `/api/billing/meters/${mizan.north.meterIds[meter]}/readings`)).data;

  it('publish readings with MQTT 3.1.1 and QoS 1', async () => {
    await publish(topic(0), payload(0), '-V', 'mqttv311');
    await eventually(
      () => stored(0),
      (rows) => rows.length === 1,
    );
  });

  it('are refused with a wrong password', async () => {
    await expect(
      run('mosquitto_pub', [...address, '-q', '1', '-u', 'meter', '-P', 'mzn_wrong', '-t', topic(0), '-m', payload(0)]),
    ).rejects.toThrow(/not authori[sz]ed|refused/i);
  });

  it('may publish by Basic Ingest, which only the rule sees', async () => {
    const { resources } = mizan.platform;
    const rule = resources.all.find(
      ({ type, physicalId }) => type === 'AWS::IoT::TopicRule' && /meter_?data$/i.test(physicalId),
    )!;
    await publish(`$aws/rules/${rule.physicalId}/${topic(1)}`, payload(1));
    await eventually(
      () => stored(1),
      (rows) => rows.length === 1,
    );
  });

  it.skipIf(!hasTshark)('and the broker exchange packets that tshark finds nothing wrong with', async () => {
    const port = address[3]!;
    const capture = spawn(
      'tshark',
      [
        '-i',
        'lo',
        '-f',
        `tcp port ${port}`,
        '-d',
        `tcp.port==${port},mqtt`,
        '-Y',
        'mqtt',
        '-T',
        'fields',
        '-e',
        'mqtt.msgtype',
        '-e',
        '_ws.malformed',
        '-l',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let seen = '';
    let said = '';
    capture.stdout.on('data', (chunk) => {
      seen += chunk;
    });
    capture.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => capture.once('exit', resolve));
    try {
      await eventually(
        async () => said,
        (text) => /Capturing on/.test(text) || capture.exitCode !== null,
      );
      // Capturing needs rights that not every machine gives.
      if (capture.exitCode !== null) return console.warn(`Skipped: tshark cannot capture here: ${said.trim()}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await publish(topic(2), payload(2));
      // CONNECT, CONNACK, PUBLISH, PUBACK, DISCONNECT (MQTT 3.1.1, table 2.1).
      await eventually(
        async () => ['1', '2', '3', '4', '14'].filter((type) => !new RegExp(`^${type}\\b`, 'm').test(seen)),
        (missing) => missing.length === 0,
      );
      expect(seen).not.toMatch(/malformed/i);
    } finally {
      capture.kill('SIGINT');
      await ended;
    }
  });
});
