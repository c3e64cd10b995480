/** Schedules through the real SDK client, by sections of the EventBridge Scheduler User Guide. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsService } from '../../runtime/types.ts';
import { createSqsService, type SqsService } from '../sqs/index.ts';
import { clientSettings, serveForTest, type TestEndpoint } from '../test-support/aws-server.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createSchedulerService } from './index.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/r';
const functionTarget = { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f', RoleArn, Input: '{"x":1}' };
const off = { Mode: 'OFF' as const };
let ctx: FakeContext;
let sqs: SqsService;
let service: AwsService;
let endpoint: TestEndpoint;
let client: sdk.SchedulerClient;
let invocations: { at: string; payload: any }[];
let failures: number;

async function setUp(options: Parameters<typeof createFakeContext>[0] = {}): Promise<void> {
  ctx = createFakeContext(options);
  sqs = ctx.add(createSqsService(ctx));
  invocations = [];
  failures = 0;
  ctx.targets.register('lambda', async ({ payload }) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('busy');
    }
    invocations.push({ at: new Date(ctx.clock.now()).toISOString().slice(0, 16), payload: JSON.parse(payload) });
  });
  await createResource(sqs, 'AWS::SQS::Queue', 'dead', { QueueName: 'dead' });
  service = createSchedulerService(ctx);
}

beforeEach(async () => {
  await setUp();
  await service.start!();
  endpoint = await serveForTest({ ...service, handle: (request) => service.handle!(request) });
  client = new sdk.SchedulerClient(clientSettings(endpoint));
});

afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await service.stop!();
});

const create = (input: Partial<sdk.CreateScheduleCommandInput>) =>
  client.send(
    new sdk.CreateScheduleCommand({
      Name: 's',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: off,
      Target: functionTarget,
      ...input,
    }),
  );
const get = (Name = 's') => client.send(new sdk.GetScheduleCommand({ Name }));
const settle = () => new Promise((resolve) => setImmediate(resolve));
async function pass(minutes: number): Promise<void> {
  ctx.clock.advance(minutes * 60_000);
  await settle();
}
const times = () => invocations.map(({ at }) => at);

describe('schedule types', () => {
  it('fires once at a time in a zone and deletes itself if told to ("Deletion after schedule completion")', async () => {
    await create({
      ...{ ScheduleExpression: 'at(2026-01-01T05:00:00)', ScheduleExpressionTimezone: 'Asia/Baghdad' },
      ActionAfterCompletion: 'DELETE',
    });
    await pass(119);
    expect(times()).toEqual([]);
    await pass(1);
    expect(times()).toEqual(['2026-01-01T02:00']);
    await expect(get()).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
  });

  it('fires at a rate, first at once or at its start date, until its end date', async () => {
    const start = ctx.clock.now();
    await create({});
    await create({ Name: 'dated', StartDate: new Date(start + 30 * 60_000), EndDate: new Date(start + 100 * 60_000) });
    await pass(0);
    expect(times()).toEqual(['2026-01-01T00:00']);
    await pass(180);
    expect(times().toSorted()).toEqual([
      ...[
        '2026-01-01T00:00',
        '2026-01-01T00:30',
        '2026-01-01T01:00',
        '2026-01-01T01:30',
        '2026-01-01T02:00',
        '2026-01-01T03:00',
      ],
    ]);
  });

  it('fires by cron and bills each invocation', async () => {
    await create({ ScheduleExpression: 'cron(0/30 6 * * ? *)' });
    await pass(24 * 60);
    expect(times()).toEqual(['2026-01-01T06:00', '2026-01-01T06:30']);
    expect(ctx.meter.units('eventbridge.schedulerInvocationPerMillion')).toBe(2);
    await pass(30 * 24 * 60);
    expect(invocations).toHaveLength(2 + 60);
    ctx.clock.leap(30 * 24 * 60 * 60_000);
    await pass(24 * 60);
    expect(times().slice(62)).toEqual(['2026-03-03T00:00', '2026-03-03T06:00', '2026-03-03T06:30']);
  });
});

describe('the API', () => {
  it('creates, reads, updates and deletes', async () => {
    const { ScheduleArn } = await create({ Description: 'd' });
    expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:000000000000:schedule/default/s');
    expect(await get()).toMatchObject({
      Name: 's',
      Description: 'd',
      State: 'ENABLED',
      CreationDate: new Date(ctx.clock.now()),
      Target: functionTarget,
    });
    await pass(1);
    await client.send(
      new sdk.UpdateScheduleCommand({
        Name: 's',
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: off,
        Target: functionTarget,
        State: 'DISABLED',
      }),
    );
    expect((await get()).Description).toBeUndefined();
    await pass(3 * 24 * 60);
    expect(invocations).toHaveLength(1);
    await client.send(new sdk.DeleteScheduleCommand({ Name: 's' }));
    await expect(get()).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
    expect(ctx.clock.pending).toBe(0);
  });

  it('refuses a second schedule of the name, but not the same request again (ClientToken)', async () => {
    await create({ ClientToken: 't1' });
    await create({ ClientToken: 't1' });
    await expect(create({ ClientToken: 't2' })).rejects.toBeInstanceOf(sdk.ConflictException);
  });

  it('keeps schedules in groups, which are deleted together', async () => {
    await client.send(new sdk.CreateScheduleGroupCommand({ Name: 'g' }));
    for (const Name of ['a', 'b', 'c']) await create({ Name, GroupName: 'g' });
    await create({});
    const list = (NextToken?: string) =>
      client.send(new sdk.ListSchedulesCommand({ GroupName: 'g', MaxResults: 2, NextToken }));
    const first = await list();
    const second = await list(first.NextToken);
    expect([...first.Schedules!, ...second.Schedules!].map(({ Name }) => Name)).toEqual(['a', 'b', 'c']);
    expect(second.NextToken).toBeUndefined();
    await client.send(new sdk.DeleteScheduleGroupCommand({ Name: 'g' }));
    expect((await client.send(new sdk.ListSchedulesCommand({}))).Schedules!.map(({ Name }) => Name)).toEqual(['s']);
    await expect(create({ Name: 'x', GroupName: 'g' })).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
  });

  it.each<[Partial<sdk.CreateScheduleCommandInput>, RegExp]>([
    [{ ScheduleExpression: 'often' }, /Invalid Schedule Expression/],
    [{ ScheduleExpressionTimezone: 'Mars/Base' }, /time zone/],
    [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, /MaximumWindowInMinutes/],
    [{ Target: { Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances', RoleArn } }, /cannot schedule/],
    [{ Target: { Arn: 'arn:aws:events:us-east-1:0:event-bus/x', RoleArn } }, /EventBridgeParameters/],
    [{ Target: { Arn: 'arn:aws:sqs:us-east-1:0:x.fifo', RoleArn } }, /MessageGroupId/],
    [{ Target: { ...functionTarget, RetryPolicy: { MaximumRetryAttempts: 186 } } }, /MaximumRetryAttempts/],
  ])('refuses %j', async (input, message) => {
    const refused = create(input);
    await expect(refused).rejects.toBeInstanceOf(sdk.ValidationException);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('invocations', () => {
  it('fills context attributes and counts attempts ("Adding context attributes")', async () => {
    failures = 1;
    const Input =
      '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","try":<aws.scheduler.attempt-number>}';
    await create({ Target: { ...functionTarget, Input } });
    await pass(0);
    await pass(1);
    expect(invocations[0]!.payload).toEqual({
      arn: expect.stringContaining('schedule/default/s'),
      at: '2026-01-01T00:00:00Z',
      try: 2,
    });
  });

  it('sends exhausted invocations to the dead-letter queue ("Configuring a dead-letter queue")', async () => {
    failures = 9;
    const DeadLetterConfig = { Arn: sqs.queue('dead').settings.arn };
    await create({
      ScheduleExpression: 'at(2026-01-01T00:01:00)',
      Target: { ...functionTarget, DeadLetterConfig, RetryPolicy: { MaximumRetryAttempts: 1 } },
    });
    await pass(1);
    await pass(1);
    const [dead] = sqs.queue('dead').receive(1);
    expect(dead!.body).toBe('{"x":1}');
    expect(dead!.attributes).toMatchObject({
      SCHEDULED_TIME: { StringValue: '2026-01-01T00:01:00Z' },
      RETRY_ATTEMPTS: { StringValue: '1' },
    });
  });
});

describe('restarts', () => {
  const declared = (Name: string, properties: Record<string, unknown>) =>
    createResource(service, 'AWS::Scheduler::Schedule', Name, {
      Name,
      FlexibleTimeWindow: off,
      Target: functionTarget,
      ...properties,
    });

  it('keep the rhythm of declared schedules, catch up on one-time ones, and do not repeat them', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mizan-scheduler-'));
    const declareAll = async () => {
      await declared('hourly', { ScheduleExpression: 'rate(1 hour)' });
      await declared('once', { ScheduleExpression: 'at(2026-01-01T00:10:00)', ActionAfterCompletion: 'DELETE' });
      await declared('later', { ScheduleExpression: 'at(2026-01-01T00:50:00)' });
      await service.start!();
    };
    await service.stop!();
    await setUp({ dataDir });
    await declareAll();
    await pass(0.5);
    expect(times()).toEqual([]);
    await pass(39.5);
    expect(times()).toEqual(['2026-01-01T00:00', '2026-01-01T00:10']);
    await service.stop!();

    await setUp({ dataDir, startTime: Date.UTC(2026, 0, 1, 2, 30) });
    await declareAll();
    await pass(60);
    expect(times()).toEqual(['2026-01-01T02:30', '2026-01-01T03:00']);
  });

  it('refuse a template schedule with its reason', async () => {
    await expect(declared('bad', { ScheduleExpression: 'rate(1 fortnight)' })).rejects.toThrow(
      /Schedule bad: .*rate\(1 fortnight\)/,
    );
  });
});
