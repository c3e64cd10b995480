/** The broker against a real MQTT client; the sections named are of the AWS IoT Core developer guide. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InvokeResult, LambdaInvoker } from '../../runtime/types.ts';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createIotService, type IotService } from './index.ts';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:authorizer';
const ARN = 'arn:aws:iot:us-east-1:000000000000';

let ctx: FakeContext;
let iot: IotService;
let clients: MqttClient[];
let authorizerEvents: any[];
let answer: (event: any) => unknown;

beforeEach(() => {
  ctx = createFakeContext();
  iot = ctx.add(createIotService(ctx));
  clients = [];
  authorizerEvents = [];
  const invoke = async (name: string, payload: string): Promise<InvokeResult> => {
    expect(name).toBe(FUNCTION_ARN);
    const event = JSON.parse(payload);
    authorizerEvents.push(event);
    return { payload: JSON.stringify(answer(event)), cpuMs: 0, durationMs: 0 };
  };
  ctx.add({ signingName: 'lambda', resources: {}, invoke, invokeAsync: async () => {} } satisfies LambdaInvoker);
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  await iot.stop!();
  expect(ctx.clock.pending).toBe(0);
});

async function startWithAuthorizer(grant: (event: any) => unknown): Promise<void> {
  answer = grant;
  await createResource(iot, 'AWS::IoT::Authorizer', 'Auth', {
    AuthorizerFunctionArn: FUNCTION_ARN,
    SigningDisabled: true,
    Status: 'ACTIVE',
  });
  await iot.start!();
}

function grant(statements: object[], more: object = {}) {
  return {
    isAuthenticated: true,
    principalId: 'station1',
    policyDocuments: [{ Version: '2012-10-17', Statement: statements }],
    disconnectAfterInSeconds: 3600,
    refreshAfterInSeconds: 300,
    ...more,
  };
}

const allow = (action: string, resource: string) => ({ Effect: 'Allow', Action: action, Resource: resource });

function open(options: IClientOptions = {}): MqttClient {
  const client = mqtt.connect(iot.mqttUrl, { reconnectPeriod: 0, protocolVersion: 4, ...options });
  client.on('error', () => {});
  clients.push(client);
  return client;
}

async function connect(options: IClientOptions = {}): Promise<MqttClient> {
  const client = open(options);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  return client;
}

const closed = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));

function nextMessage(client: MqttClient): Promise<{ topic: string; text: string; retain: boolean }> {
  return new Promise((resolve) =>
    client.once('message', (topic, payload, packet) =>
      resolve({ topic, text: payload.toString(), retain: packet.retain }),
    ),
  );
}

/** Sends a message that surely arrives after everything published before it. */
async function settle(client: MqttClient): Promise<void> {
  await client.publishAsync('settle', 'x', { qos: 1 });
  await new Promise((resolve) => setImmediate(resolve));
}

describe('without an authorizer', () => {
  beforeEach(() => iot.start!());

  it('lets everyone in, with a warning', async () => {
    const client = await connect();
    expect(client.connected).toBe(true);
    expect(iot.connections()).toBe(1);
    expect(ctx.logLines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('No IoT authorizer') });
  });

  it('carries messages at QoS 0 and 1', async () => {
    const client = await connect();
    expect((await client.subscribeAsync('a/+', { qos: 1 }))[0]!.qos).toBe(1);
    const arrived = nextMessage(client);
    await client.publishAsync('a/b', 'hello', { qos: 1 });
    expect(await arrived).toEqual({ topic: 'a/b', text: 'hello', retain: false });
  });

  it('disconnects a device that publishes at QoS 2 (mqtt: QoS)', async () => {
    const client = await connect();
    client.publish('a/b', 'x', { qos: 2 });
    await closed(client);
  });

  it('disconnects over 128 KB, and takes 128 KB (message broker limits)', async () => {
    const client = await connect();
    await client.publishAsync('a', Buffer.alloc(128 * 1024), { qos: 1 });
    client.publish('a', Buffer.alloc(128 * 1024 + 1), { qos: 1 });
    await closed(client);
  });

  it('disconnects for topics over the limits', async () => {
    const client = await connect();
    client.publish('1/2/3/4/5/6/7/8/9', 'x', { qos: 1 });
    await closed(client);
  });

  it('gives the client id to whoever comes last (policy actions: iot:Connect)', async () => {
    const first = await connect({ clientId: 'meter-1' });
    const gone = closed(first);
    await connect({ clientId: 'meter-1' });
    await gone;
    expect(iot.connections()).toBe(1);
  });

  it('hands retained messages to exact subscriptions only, and to the API (mqtt: retained messages)', async () => {
    const client = await connect();
    await client.publishAsync('config/1', 'v1', { qos: 1, retain: true });
    const exact = nextMessage(client);
    await client.subscribeAsync('config/+');
    await client.subscribeAsync('config/1');
    expect(await exact).toEqual({ topic: 'config/1', text: 'v1', retain: true });
    const get = (path: string) => iot.handle!(awsRequest({ method: 'GET', path, body: '' }));
    expect((await get('/retainedMessage/config/1')).body).toEqual({
      topic: 'config/1',
      payload: Buffer.from('v1').toString('base64'),
      qos: 1,
      lastModifiedTime: ctx.clock.now(),
    });
    await client.publishAsync('config/1', '', { qos: 1, retain: true });
    await settle(client);
    await expect(get('/retainedMessage/config/1')).rejects.toThrow('No retained message');
  });

  it('tells its address as DescribeEndpoint does, and what it does not play', async () => {
    const call = (method: string, path: string) => iot.handle!(awsRequest({ method, path, body: '' }));
    expect(await call('GET', '/endpoint')).toEqual({
      status: 200,
      body: { endpointAddress: new URL(iot.mqttUrl).host },
    });
    await expect(call('GET', '/things')).rejects.toMatchObject({ code: 'UnknownOperationException' });
  });

  it('publishes for the data plane API and checks its input', async () => {
    const client = await connect();
    await client.subscribeAsync('command/#');
    const arrived = nextMessage(client);
    const publish = (topic: string, query: string, body: Buffer) =>
      iot.handle!({
        method: 'POST',
        path: `/topics/${topic}`,
        query: new URLSearchParams(query),
        headers: {},
        body,
        operation: undefined,
        region: 'us-east-1',
      });
    await publish('command/1', 'qos=1', Buffer.from('off'));
    expect(await arrived).toMatchObject({ topic: 'command/1', text: 'off' });
    await expect(publish('a/+', '', Buffer.alloc(1))).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(publish('a', 'qos=2', Buffer.alloc(1))).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(publish('a', '', Buffer.alloc(128 * 1024 + 1))).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
    });
  });

  it('keeps QoS 1 messages of a persistent session for an hour (mqtt: persistent sessions)', async () => {
    const options = { clientId: 'sleeper', clean: false };
    const sender = await connect();
    const first = await connect(options);
    await first.subscribeAsync('wake/#', { qos: 1 });
    await first.endAsync();
    await sender.publishAsync('wake/1', 'soon', { qos: 1 });
    const back = open(options);
    expect((await nextMessage(back)).text).toBe('soon');
    await back.endAsync();
    await settle(sender);
    ctx.clock.advance(3_600_000);
    const late = await new Promise<boolean>((resolve) =>
      open(options).once('connect', (packet) => resolve(packet.sessionPresent)),
    );
    expect(late).toBe(false);
  });

  it('bills messages in and out per 5 KB and connections per minute', async () => {
    const client = await connect();
    await client.subscribeAsync('a');
    await client.publishAsync('a', Buffer.alloc(5 * 1024 + 1), { qos: 1 });
    await settle(client);
    // 2 steps in, 2 out, 1 for the settling message.
    expect(ctx.meter.units('iotCore.messagePerMillion5KB')).toBe(5);
    ctx.clock.advance(60_000 * 9);
    expect(ctx.meter.units('iotCore.connectionMinutePerMillion')).toBe(10);
  });

  it('refuses MQTT 5 and client ids that are too long', async () => {
    await closed(open({ protocolVersion: 5 }));
    await closed(open({ clientId: 'x'.repeat(129) }));
    expect(iot.connections()).toBe(0);
  });

  it('does not start on a port in use', async () => {
    const other = createFakeContext();
    other.ports.mqtt = Number(new URL(iot.mqttUrl).port);
    await expect(createIotService(other).start!()).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: other.ports.mqtt,
    });
  });
});

describe('with a custom authorizer (custom-auth-lambda)', () => {
  it('sends the documented event', async () => {
    await startWithAuthorizer(() => grant([allow('iot:Connect', '*')]));
    await connect({ clientId: 'meter-1', username: 'station', password: 'secret' });
    expect(authorizerEvents).toEqual([
      {
        signatureVerified: false,
        protocols: ['mqtt'],
        protocolData: {
          mqtt: { username: 'station', password: Buffer.from('secret').toString('base64'), clientId: 'meter-1' },
        },
        connectionMetadata: { id: expect.any(String) },
      },
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ['is not authenticated', () => ({ isAuthenticated: false }), 'did not authenticate'],
    ['has no iot:Connect', () => grant([allow('iot:Publish', '*')]), 'iot:Connect is not allowed'],
    ['may connect as another only', () => grant([allow('iot:Connect', `${ARN}:client/other`)]), 'iot:Connect'],
    ['has a principal of the wrong form', () => grant([], { principalId: 'a-b' }), 'principalId'],
    ['has a refresh below 300 s', () => grant([], { refreshAfterInSeconds: 60 }), 'refreshAfterInSeconds'],
    ['has too many policies', () => grant([], { policyDocuments: Array(11).fill({}) }), 'at most 10'],
  ])('refuses a device that %s, with return code 5', async (_name, grantOf, reason) => {
    await startWithAuthorizer(grantOf);
    await expect(connect({ clientId: 'meter-1' })).rejects.toMatchObject({ code: 5 });
    expect(ctx.logLines.at(-1)!.message).toContain(reason);
  });

  it('closes the connection on a refused publish', async () => {
    await startWithAuthorizer(() =>
      grant([allow('iot:Connect', '*'), allow('iot:Publish', `${ARN}:topic/\${iot:ClientId}/*`)]),
    );
    const client = await connect({ clientId: 'meter-1' });
    await client.publishAsync('meter-1/data', 'x', { qos: 1 });
    client.publish('meter-2/data', 'x', { qos: 1 });
    await closed(client);
  });

  it('needs iot:RetainPublish for retained messages', async () => {
    await startWithAuthorizer(() => grant([allow('iot:Connect', '*'), allow('iot:Publish', '*')]));
    const client = await connect();
    client.publish('a', 'x', { qos: 1, retain: true });
    await closed(client);
  });

  it('closes the connection on a refused subscription, and checks iot:Receive at delivery', async () => {
    await startWithAuthorizer(() =>
      grant([
        allow('iot:Connect', '*'),
        allow('iot:Publish', '*'),
        allow('iot:Subscribe', `${ARN}:topicfilter/mine/#`),
        allow('iot:Receive', `${ARN}:topic/mine/open`),
      ]),
    );
    const greedy = await connect();
    greedy.subscribe('other/#');
    await closed(greedy);
    const client = await connect();
    await client.subscribeAsync('mine/#');
    const arrived = nextMessage(client);
    await client.publishAsync('mine/closed', '1', { qos: 1 });
    await client.publishAsync('mine/open', '2', { qos: 1 });
    expect((await arrived).topic).toBe('mine/open');
  });

  it('asks again at every refresh and applies the new policies', async () => {
    let publishable = true;
    await startWithAuthorizer(() =>
      grant([allow('iot:Connect', '*'), ...(publishable ? [allow('iot:Publish', '*')] : [])]),
    );
    const client = await connect();
    await client.publishAsync('a', 'x', { qos: 1 });
    publishable = false;
    ctx.clock.advance(300_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(authorizerEvents).toHaveLength(2);
    client.publish('a', 'x', { qos: 1 });
    await closed(client);
  });

  it('disconnects at a refresh that no longer authenticates, and after disconnectAfterInSeconds', async () => {
    let welcome = true;
    await startWithAuthorizer(() =>
      welcome
        ? grant([allow('iot:Connect', '*')], { disconnectAfterInSeconds: 300, refreshAfterInSeconds: 86_400 })
        : { isAuthenticated: false },
    );
    const first = await connect();
    const firstGone = closed(first);
    ctx.clock.advance(300_000);
    await firstGone;
    answer = () => (welcome ? grant([allow('iot:Connect', '*')]) : { isAuthenticated: false });
    const second = await connect();
    welcome = false;
    const secondGone = closed(second);
    ctx.clock.advance(300_000);
    await secondGone;
  });

  it('refuses an authorizer with signing but without keys', async () => {
    const declared = createResource(iot, 'AWS::IoT::Authorizer', 'Auth', { AuthorizerFunctionArn: FUNCTION_ARN });
    await expect(declared).rejects.toThrow('needs TokenKeyName and TokenSigningPublicKeys');
  });
});

describe('signed tokens (custom-auth: token signing)', () => {
  it('verifies the signature and hands the token on', async () => {
    const { generateKeyPairSync, sign } = await import('node:crypto');
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    answer = () => grant([allow('iot:Connect', '*')]);
    await createResource(iot, 'AWS::IoT::Authorizer', 'Auth', {
      AuthorizerFunctionArn: FUNCTION_ARN,
      TokenKeyName: 'token',
      TokenSigningPublicKeys: { key1: publicKey.export({ type: 'spki', format: 'pem' }) },
    });
    await iot.start!();
    const signature = encodeURIComponent(sign('RSA-SHA256', Buffer.from('t1'), privateKey).toString('base64'));
    const name = (token: string) => `u?token=${token}&x-amz-customauthorizer-signature=${signature}`;
    await connect({ username: name('t1') });
    expect(authorizerEvents[0]).toMatchObject({ token: 't1', signatureVerified: true });
    await expect(connect({ username: name('t2') })).rejects.toMatchObject({ code: 5 });
    expect(authorizerEvents).toHaveLength(1);
  });
});
