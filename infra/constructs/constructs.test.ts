import { beforeAll, describe, expect, it } from 'vitest';
import { type Sample, sampleStage, synthesizeSample } from '../test-support/synthesize-sample.ts';

let sample: Sample;
beforeAll(() => {
  sample = synthesizeSample();
});

const queue = (name: string) => sample.find('AWS::SQS::Queue', ({ QueueName }) => QueueName === `mizan-dev-${name}`);

describe('a table', () => {
  const tableWith = (index: number) =>
    sample.find('AWS::DynamoDB::Table', ({ GlobalSecondaryIndexes: indexes = [] }) => indexes.length === index)
      .Properties;

  it('is on demand, restorable, expires items and has the declared indexes', () => {
    const table = tableWith(2);
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
    expect(table.GlobalSecondaryIndexes[1]).toMatchObject({
      IndexName: 'gsi2',
      KeySchema: [{ AttributeName: 'gsi2pk' }, { AttributeName: 'gsi2sk' }],
      Projection: { ProjectionType: 'ALL' },
    });
  });

  it('without an outbox has no stream to pay for', () => {
    expect(tableWith(0).StreamSpecification).toBeUndefined();
  });

  it('has no name of its own, so that it can be replaced and restored', () => {
    expect(sample.ofType('AWS::DynamoDB::Table').every(({ Properties }) => Properties.TableName === undefined)).toBe(
      true,
    );
  });
});

describe('a bucket', () => {
  it('is private, refuses plain text and lets old objects go', () => {
    const { Properties } = sample.find('AWS::S3::Bucket', () => true);
    expect(Properties.PublicAccessBlockConfiguration).toMatchObject({
      BlockPublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(Properties.LifecycleConfiguration.Rules).toContainEqual(expect.objectContaining({ ExpirationInDays: 30 }));
    expect(Properties.CorsConfiguration.CorsRules[0].AllowedOrigins).toEqual(['https://console.example.com']);
  });
});

describe('a function', () => {
  it('is arm64 on Node 24 with traces, JSON logs and its own log group', () => {
    const { Properties } = sample.lambda('mizan-dev-gauging-ingest');
    expect(Properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 30,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' },
    });
    const group = sample.find(
      'AWS::Logs::LogGroup',
      ({ LogGroupName }) => LogGroupName === '/aws/lambda/mizan-dev-gauging-ingest',
    );
    expect(group.Properties.RetentionInDays).toBe(7);
    expect(Properties.LoggingConfig.LogGroup).toEqual({ Ref: group.logicalId });
  });

  it('times out sooner behind HTTP than behind a queue', () => {
    expect(sample.lambda('mizan-dev-gauging-gauges').Properties.Timeout).toBe(15);
    expect(sample.lambda('mizan-dev-gauging-worker').Properties.Timeout).toBe(60);
  });

  it('finds what it was granted, and nothing else, in its environment', () => {
    const environment = (name: string) => sample.lambda(`mizan-dev-${name}`).Properties.Environment.Variables;
    expect(Object.keys(environment('gauging-push-live')).sort()).toEqual(
      ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_SERVICE_NAME', 'STAGE', 'TABLE_GAUGES', 'WEBSOCKET_ENDPOINT'].sort(),
    );
    expect(environment('gauging-worker')).toMatchObject({
      QUEUE_WORK_URL: { Ref: expect.any(String) },
      KEY_SECRETS_ID: expect.anything(),
      STAGE: 'dev',
      POWERTOOLS_SERVICE_NAME: 'gauging',
    });
    expect(environment('gauging-gauges')).toMatchObject({ BUCKET_EXPORTS: expect.anything() });
  });

  it('gets stage settings, and no variable for a setting the stage does not have', () => {
    expect(sample.lambda('mizan-dev-gauging-console').Properties.Environment.Variables).toMatchObject({
      LOOPBACK: 'false',
      FIXED: 'yes',
    });
    expect(sample.lambda('mizan-dev-access-authorize-device').Properties.Environment.Variables).not.toHaveProperty(
      'ANONYMOUS_DEVICE_TENANT',
    );
    const local = synthesizeSample(sampleStage({ name: 'local', anonymousDevicesTenant: 'tenant-demo' }));
    expect(local.lambda('mizan-local-access-authorize-device').Properties.Environment.Variables).toMatchObject({
      ANONYMOUS_DEVICE_TENANT: 'tenant-demo',
    });
  });

  it('may hand work on to itself through a queue as often as it takes, and no other is let loop', () => {
    expect(sample.lambda('mizan-dev-gauging-worker').Properties.RecursiveLoop).toBe('Allow');
    // One is fed by no function, the other sends to a queue that does not lead back to it.
    for (const name of ['ingest', 'recorder'])
      expect(sample.lambda(`mizan-dev-gauging-${name}`).Properties).not.toHaveProperty('RecursiveLoop');
  });

  it('may be bounded', () => {
    expect(sample.lambda('mizan-dev-gauging-worker').Properties.ReservedConcurrentExecutions).toBe(4);
  });
});

describe('a queue', () => {
  it('keeps a message hidden for six times the timeout and sets it aside after some attempts', () => {
    expect(queue('gauging-ingest').Properties).toMatchObject({
      VisibilityTimeout: 180,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [queue('gauging-ingest-dlq').logicalId, 'Arn'] },
        maxReceiveCount: 3,
      },
    });
    expect(queue('gauging-work').Properties.RedrivePolicy.maxReceiveCount).toBe(5);
  });

  it('adds the batching window to the time a message stays hidden', () => {
    expect(queue('gauging-recorder').Properties.VisibilityTimeout).toBe(361);
  });

  it('keeps dead letters longer than living messages', () => {
    const retention = (name: string) => queue(name).Properties.MessageRetentionPeriod;
    expect(retention('gauging-ingest-dlq')).toBeGreaterThan(retention('gauging-ingest'));
  });

  it('is watched: its age early when devices fill it, its dead letters at once', () => {
    const alarms = sample.ofType('AWS::CloudWatch::Alarm', '-gauging').map(({ Properties }) => Properties);
    const alarm = (metric: string, of: string) =>
      alarms.find(
        ({ MetricName, Dimensions }) =>
          MetricName === metric && Dimensions?.[0].Value['Fn::GetAtt'][0] === queue(of).logicalId,
      );
    expect(alarm('ApproximateAgeOfOldestMessage', 'gauging-ingest')?.Threshold).toBe(60);
    expect(alarm('ApproximateAgeOfOldestMessage', 'gauging-work')?.Threshold).toBe(1800);
    expect(alarm('ApproximateAgeOfOldestMessage', 'gauging-recorder')?.Threshold).toBe(900);
    for (const { Properties } of sample.ofType('AWS::SQS::Queue', '-gauging'))
      if (Properties.QueueName.endsWith('-dlq'))
        expect(
          alarm('ApproximateNumberOfMessagesVisible', Properties.QueueName.replace('mizan-dev-', '')),
        ).toMatchObject({
          Threshold: 1,
          EvaluationPeriods: 1,
        });
  });

  it('feeds its function in batches that can fail in part', () => {
    const mapping = sample.find('AWS::Lambda::EventSourceMapping', ({ BatchSize }) => BatchSize === 100).Properties;
    expect(mapping).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [queue('gauging-recorder').logicalId, 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 1,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
    expect(sample.ofType('AWS::Lambda::EventSourceMapping')).toHaveLength(4);
  });
});

describe('a subscription', () => {
  it('takes exact types and patterns from the bus, and sets aside what it cannot deliver', () => {
    const rules = sample.ofType('AWS::Events::Rule').map(({ Properties }) => Properties);
    expect(rules.map(({ EventPattern }) => EventPattern['detail-type'])).toEqual([
      ['gauge.read'],
      [{ prefix: 'gauge.' }, { prefix: '' }],
    ]);
    for (const { Targets } of rules) expect(Targets[0].DeadLetterConfig.Arn['Fn::GetAtt'][0]).toMatch(/DeadLetters/);
  });

  it('alone may fill its queue', () => {
    const policies = sample
      .ofType('AWS::SQS::QueuePolicy', '-gauging')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const allowed = policies.filter(({ Effect }: any) => Effect === 'Allow');
    expect(allowed.length).toBe(4);
    for (const statement of allowed) {
      expect(statement.Principal).toEqual({ Service: 'events.amazonaws.com' });
      expect(statement.Condition.ArnEquals['aws:SourceArn']['Fn::GetAtt'][0]).toMatch(/Subscription/);
    }
  });
});

describe('an outbox', () => {
  it('flows through a pipe that filters, shapes and keeps order', () => {
    const { Properties } = sample.find('AWS::Pipes::Pipe', () => true);
    expect(JSON.parse(Properties.SourceParameters.FilterCriteria.Filters[0].Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { NewImage: { _type: { S: ['outbox'] } } },
    });
    expect(Properties.TargetParameters.InputTemplate).toContain('"tenantId": <$.dynamodb.NewImage.tenantId.S>');
    expect(Properties.TargetParameters.EventBridgeEventBusParameters).toEqual({
      DetailType: '$.dynamodb.NewImage.type.S',
      Source: '$.dynamodb.NewImage.source.S',
    });
    expect(Properties.SourceParameters.DynamoDBStreamParameters).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
      DeadLetterConfig: { Arn: expect.anything() },
    });
  });
});

describe('a topic rule', () => {
  it('puts messages into its queue, and what fails among the dead letters', () => {
    const { RuleName, TopicRulePayload: payload } = sample.find('AWS::IoT::TopicRule', () => true).Properties;
    expect(RuleName).toBe('mizan_dev_gauging_gauge_data');
    expect(payload.AwsIotSqlVersion).toBe('2016-03-23');
    expect(payload.Actions[0].Sqs.QueueUrl.Ref).toBe(queue('gauging-ingest').logicalId);
    expect(payload.ErrorAction.Sqs.QueueUrl.Ref).toBe(queue('gauging-ingest-dlq').logicalId);
  });
});

describe('a schedule', () => {
  it('invokes its function and loses no run silently', () => {
    const { Properties } = sample.find('AWS::Scheduler::Schedule', () => true);
    expect(Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', ScheduleExpressionTimezone: 'UTC' });
    expect(Properties.Target.DeadLetterConfig.Arn['Fn::GetAtt'][0]).toMatch(/^ScheduleDeadLetters/);
    expect(sample.lambda('mizan-dev-gauging-sweep').Properties.DeadLetterConfig.TargetArn['Fn::GetAtt'][0]).toMatch(
      /^ScheduleDeadLetters/,
    );
  });
});

describe('an alarm', () => {
  it('always names a runbook and always tells somebody', () => {
    const alarms = sample.ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(15);
    for (const { Properties } of alarms) {
      expect(Properties.AlarmDescription).toMatch(/Runbook: docs\/runbooks\/[a-z0-9-]+\.md$/);
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.TreatMissingData).toBe('notBreaching');
    }
  });

  it('may watch a metric that the domain counts', () => {
    expect(
      sample.find('AWS::CloudWatch::Alarm', ({ MetricName }) => MetricName === 'gaugesLost').Properties,
    ).toMatchObject({
      Namespace: 'Mizan',
      Dimensions: [{ Name: 'service', Value: 'gauging' }],
      Threshold: 10,
    });
  });

  it('may be published to the topic, whose policy is not the default one', () => {
    const { Properties } = sample.find('AWS::SNS::TopicPolicy', () => true);
    expect(Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    );
  });

  it('without a runbook is refused', async () => {
    const { gauging, access } = await import('../test-support/sample-domains.ts');
    const nameless = { ...gauging, alarms: [{ ...gauging.alarms![0]!, runbook: 'no-such-page' }] };
    expect(() => synthesizeSample(sampleStage(), [access, nameless])).toThrow(/docs\/runbooks\/no-such-page\.md/);
  });
});
