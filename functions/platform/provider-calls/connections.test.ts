/** Protocols that are not HTTP leave through the platform's own guarded way out, encrypted and not: mail, MQTT, Acrel over MQTT. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startMailServer } from '../../../local/providers/mail-server.ts';
import { startBroker } from '../../../local/providers/mqtt-broker.ts';
import { selfSignedCertificate } from '../../../test/support/certificate.ts';
import { hasProgram } from '../../../test/support/programs.ts';
import { commandMeter, publishMqtt, sendEmailMessage } from '../contract.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { useProviderScene } from '../test-support/provider-scene.ts';

const stack = usePlatformStack();
const scene = useProviderScene(stack);

const mail = (reference: string) => ({ to: ['a@example.com'], subject: 'فاتورة', text: 'نص', reference });
const command = (reference: string) => ({
  meterId: 'ACR-001',
  stationId: 'ST-1',
  command: 'relay_off' as const,
  reference,
});

describe('in clear, on this machine', () => {
  it('a mail is handed over', async () => {
    await scene.integrate('smtp');
    const { value } = await sendEmailMessage(scene.session, mail('c1'));
    expect(value.status).toBe('accepted');
    expect(scene.acts('smtp', 'message')).toMatchObject([{ data: { to: ['a@example.com'] } }]);
  });

  it('a message is published', async () => {
    await scene.integrate('generic_mqtt');
    const message = { topic: 'stations/ST-1/set', payload: '{"on":true}', qos: 1 as const, reference: 'c2' };
    await publishMqtt(scene.session, message);
    expect(scene.acts('generic_mqtt')).toMatchObject([{ data: { topic: message.topic, payload: message.payload } }]);
  });

  it('a meter is commanded on the documented topic, and the broker is proven by the test', async () => {
    const values = { ...scene.providers.settingsOf('generic_mqtt'), command_transport: 'mqtt', mqtt_timeout_ms: '300' };
    const id = await scene.integrate('acrel', { values });
    await commandMeter(scene.session, command('c3'));
    const [{ data }] = scene.acts('generic_mqtt') as [{ data: any }];
    expect(data.topic).toBe('acrel/ST-1/meter/ACR-001/command');
    expect(JSON.parse(data.payload)).toMatchObject({ command: 'relay_off', source: 'billing_system' });
    expect((await scene.call('POST', `/${id}/test`, {})).data.status).toBe('success');
    scene.providers.setMode('generic_mqtt', 'unauthorized');
    expect((await scene.call('POST', `/${id}/test`, {})).data).toMatchObject({ status: 'failed' });
  });

  it('a port of other protocols, and an address inside, are not reached', async () => {
    await scene.integrate('smtp', { values: { host: '10.0.0.1', port: '587' } });
    await expect(sendEmailMessage(scene.session, mail('c4'))).rejects.toMatchObject({
      code: 'all_providers_failed',
      details: [{ message: expect.stringContaining('configuration: 10.0.0.1 cannot be reached') }],
    });
    scene.newTenant();
    await scene.integrate('smtp', { values: { host: '93.184.216.34', port: '6379' } });
    await expect(sendEmailMessage(scene.session, mail('c5'))).rejects.toMatchObject({
      details: [{ message: expect.stringContaining('Port 6379 is not allowed') }],
    });
  });

  it('a broker that loses its answer leaves a command unknown, and it is not given twice', async () => {
    const values = { ...scene.providers.settingsOf('generic_mqtt'), command_transport: 'mqtt', mqtt_timeout_ms: '300' };
    await scene.integrate('acrel', { values });
    scene.providers.setMode('generic_mqtt', 'lose_answer');
    await expect(commandMeter(scene.session, command('c6'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    scene.providers.setMode('generic_mqtt', 'ok');
    await expect(commandMeter(scene.session, command('c6'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(scene.acts('generic_mqtt')).toHaveLength(1);
  });
});

describe.skipIf(!hasProgram('openssl', 'openssl'))('encrypted', () => {
  let tls: { key: string; cert: string };
  beforeAll(async () => {
    tls = await selfSignedCertificate();
  });

  async function openMail(isImplicit: boolean) {
    const kept: unknown[] = [];
    const server = await startMailServer('127.0.0.1', 0, (message) => kept.push(message), { tls, isImplicit });
    onTestFinished(() => server.close());
    return { kept, settings: { ...server.settings, timeout_ms: '2000' } };
  }
  async function openBroker() {
    const kept: any[] = [];
    const broker = await startBroker('127.0.0.1', 0, (message) => kept.push(message), tls);
    onTestFinished(() => broker.close());
    return { kept, settings: { ...broker.settings, mqtt_timeout_ms: '2000' } };
  }

  it.each([
    ['after STARTTLS', false],
    ['from the first byte', true],
  ])('a mail goes out %s where the certificate is trusted, and nowhere else', async (_, isImplicit) => {
    const { kept, settings } = await openMail(isImplicit);
    const id = await scene.integrate('smtp', { values: { ...settings, ca_certificate: tls.cert } });
    await sendEmailMessage(scene.session, mail('t1'));
    expect(kept).toHaveLength(1);
    await scene.call('DELETE', `/${id}/configs/ca_certificate?environment=development`);
    await expect(sendEmailMessage(scene.session, mail('t2'))).rejects.toMatchObject({ code: 'all_providers_failed' });
    expect(kept).toHaveLength(1);
  });

  it('a message and a command of Acrel go to a broker whose certificate is trusted, and nowhere else', async () => {
    const { kept, settings } = await openBroker();
    const trusted = { ...settings, mqtt_ca_certificate: tls.cert };
    await scene.integrate('generic_mqtt', { values: trusted });
    await scene.integrate('acrel', { values: { ...trusted, command_transport: 'mqtt' } });
    const message = { topic: 'a/b', payload: 'x', qos: 1 as const, reference: 't3' };
    await publishMqtt(scene.session, message);
    await commandMeter(scene.session, command('t4'));
    expect(kept.map(({ topic }) => topic)).toEqual(['a/b', 'acrel/ST-1/meter/ACR-001/command']);
    scene.newTenant();
    await scene.integrate('generic_mqtt', { values: settings });
    await expect(publishMqtt(scene.session, { ...message, reference: 't5' })).rejects.toMatchObject({
      code: 'all_providers_failed',
    });
    expect(kept).toHaveLength(2);
  });
});
