/**
 * The alarms wake somebody: a message that fails for good and an ingest that falls behind raise theirs, tell the alarm
 * topic, and rest again once a person has followed the runbook.
 */
import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../local/runtime/faults.ts';
import type { Alarm } from '../../local/services/cloudwatch/alarms.ts';
import type { CloudWatchService } from '../../local/services/cloudwatch/index.ts';
import type { SqsService } from '../../local/services/sqs/index.ts';
import { connectMeter } from '../support/meter-client.ts';
import { endSchedules, eventually, type Mizan, startMizan, turningTime } from '../support/mizan.ts';

let mizan: Mizan;
/** What the alarm topic published. */
const heard: { AlarmName: string; NewStateValue: string }[] = [];

beforeAll(async () => {
  mizan = await startMizan();
  // Minutes are turned here, and nothing of what runs by the clock has to do with the alarms.
  await endSchedules(mizan);
  // The alarm topic has no subscribers here: what is published to it ends in this list, past the topic's policy.
  mizan.platform.context.targets.register('sns', async ({ payload }) => void heard.push(JSON.parse(payload)));
});
const ingestQueue = 'mizan-local-metering-ingest';
const deadLetters = `${ingestQueue}-dlq`;

afterEach(() => mizan?.platform.faults.clear());
afterAll(() => mizan?.stop());

const strike = (...rules: FaultRule[]) => mizan.platform.faults.use(rules, 1);
const queueNamed = (name: string) => mizan.platform.context.service<SqsService>('sqs').queue(name);
const cloudWatch = () => mizan.platform.context.service<CloudWatchService>('monitoring');

/** The alarm whose metric is about this queue. */
function alarmOn(queue: string, metric: string): Alarm {
  const isAbout = ({ properties: { MetricName, Dimensions } }: Alarm): boolean =>
    MetricName === metric && Dimensions.some(({ Value }: { Value: string }) => Value === queue);
  const found = cloudWatch().alarms().filter(isAbout);
  expect(found).toHaveLength(1);
  return found[0]!;
}

function alarmNamed(part: string): Alarm {
  const { physicalId } = mizan.platform.resources.find('AWS::CloudWatch::Alarm', part);
  return cloudWatch()
    .alarms()
    .find(({ name }) => name === physicalId)!;
}

async function publishReading(kwh: number): Promise<void> {
  const { north, platform } = mizan;
  const meter = await connectMeter(platform.endpoints.mqttUrl, north.apiKey);
  await meter.publishReading(north.stationId, north.meterIds[0]!, kwh, platform.clock.now());
  await meter.close();
}

/** What the alarm topic was told of this alarm. */
const alarmsHeard = (name: string) =>
  heard.filter(({ AlarmName }) => AlarmName === name).map((each) => each.NewStateValue);

const minute = 60_000;
const settled = (queue: string) => {
  const { visible, inFlight } = queueNamed(queue).counts();
  return visible + inFlight === 0;
};

describe('a message that fails for good', () => {
  it('raises the alarm of its dead-letter queue, which rests after the redrive', async () => {
    const alarm = alarmOn(deadLetters, 'ApproximateNumberOfMessagesVisible');
    await turningTime(
      mizan,
      minute,
      async () => alarm.state,
      (state) => state === 'OK',
    );
    heard.length = 0;
    strike({ point: 'lambda.crash', probability: 1, resource: 'metering-ingest' });
    await publishReading(100);
    await turningTime(
      mizan,
      2 * minute,
      async () => alarm.state,
      (state) => state === 'ALARM',
    );
    expect(queueNamed(deadLetters).counts().visible).toBe(1);
    expect(alarm.properties['AlarmDescription']).toContain('Runbook: docs/runbooks/dead-letters.md');

    mizan.platform.faults.clear();
    const sqs = new SQSClient({
      endpoint: mizan.platform.endpoints.awsEndpointUrl,
      region: mizan.platform.context.region,
      credentials: { accessKeyId: 'operator', secretAccessKey: 'x' },
    });
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: queueNamed(deadLetters).settings.arn }));
    sqs.destroy();
    await turningTime(
      mizan,
      minute,
      async () => alarm.state,
      (state) => state === 'OK',
    );
    expect(settled(deadLetters)).toBe(true);
    await eventually(async () => settled(ingestQueue), Boolean);
    expect(alarmsHeard(alarm.name)).toEqual(['ALARM', 'OK']);
  });
});

describe('an ingest that falls behind', () => {
  it('raises the alarm on its lag and rests when it has caught up', async () => {
    const alarm = alarmOn(ingestQueue, 'ApproximateAgeOfOldestMessage');
    await turningTime(
      mizan,
      minute,
      async () => alarm.state,
      (state) => state === 'OK',
    );
    strike({ point: 'lambda.throttle', probability: 1, resource: 'metering-ingest' });
    await publishReading(200);
    await turningTime(
      mizan,
      minute,
      async () => alarm.state,
      (state) => state === 'ALARM',
    );
    expect(alarm.stateReason).toBeTruthy();

    mizan.platform.faults.clear();
    await turningTime(
      mizan,
      minute,
      async () => alarm.state,
      (state) => state === 'OK',
    );
    expect(settled(ingestQueue)).toBe(true);
    expect(settled(deadLetters)).toBe(true);
  });
});

describe('functions that crash', () => {
  it('raise the alarm over all functions, and their metrics tell which it was', async () => {
    const alarm = alarmNamed('LambdaErrors');
    await turningTime(
      mizan,
      minute,
      async () => alarm.state,
      (state) => state !== 'ALARM',
    );
    strike({ point: 'lambda.crash', probability: 1, resource: 'scada-stations' });
    const crash = async () => {
      for (let i = 0; i < 6; i++) await mizan.north.api('GET', '/api/scada/stations');
      mizan.platform.clock.advance(minute);
      return alarm.state;
    };
    await eventually(crash, (state) => state === 'ALARM');
    const { clock } = mizan.platform;
    const errors = cloudWatch().statistic(
      ...(['AWS/Lambda', 'Errors', { FunctionName: 'mizan-local-scada-stations' }, 'Sum'] as const),
      ...([clock.now() - 60 * minute, clock.now()] as const),
    );
    expect(errors).toBeGreaterThanOrEqual(12);
  });
});
