import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { metricNamespace } from '../layers/kernel/observability/logger.ts';
import type { StageConfig } from './config/stage-config.ts';
import { stageConfig } from './config/stages.ts';
import { domains } from './domains.ts';
import { productNamespace } from './naming.ts';
import { limits } from './test-support/limits.ts';
import { type Sample, synthesizeSample } from './test-support/synthesize-sample.ts';
import { flatten, type Statement, statementsIn, unexplained } from './test-support/wildcards.ts';

const root = join(import.meta.dirname, '..');
const runbooks = join(root, 'docs/runbooks');

/** As a utility sets it: with a sender and names of its own. */
const production: StageConfig = {
  ...stageConfig('prod'),
  emailSender: 'no-reply@mail.a.example',
  domain: { name: 'api.a.example', certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1' },
};

/** Synthesized once for all that is asked of it, which cdk-nag and CloudFormation’s schemas have passed then. */
let product: Sample;
beforeAll(() => {
  product = synthesizeSample(production, domains, true);
});

describe('least privilege', () => {
  let sample: Sample;
  beforeAll(() => {
    sample = synthesizeSample();
  });

  it('holds for domains that use everything', () => {
    expect(unexplained(sample)).toEqual([]);
  });

  it('holds for the product in production, which cdk-nag and CloudFormation’s schemas passed too', () => {
    expect(unexplained(product)).toEqual([]);
  });

  it('denies topics to whoever may write to phones', () => {
    const isText = (action: Statement['Action']): boolean => [action].flat().includes('sns:Publish');
    const roles = product.resources.map(({ Properties }) => statementsIn(Properties));
    const texting = roles.filter((statements) =>
      statements.some(({ Effect, Action, Resource }) => isText(Action) && Effect === 'Allow' && Resource === '*'),
    );
    // Identity’s messages, the actions of alert rules, and the codes that link accounts.
    expect(texting).toHaveLength(3);
    for (const statements of texting)
      expect(statements).toContainEqual(expect.objectContaining({ Effect: 'Deny', Action: 'sns:Publish' }));
  });

  it('notices a wildcard', () => {
    const wild = {
      ...sample.resources[0]!,
      Properties: { Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: 'x' }] },
    };
    sample.resources.push(wild);
    expect(unexplained(sample)).toHaveLength(1);
    sample.resources.pop();
  });

  it('gives every function a role of its own', () => {
    const roles = product
      .ofType('AWS::Lambda::Function')
      .map(({ stack, Properties }) => stack + JSON.stringify(Properties.Role));
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('uses no managed policies', () => {
    for (const { Properties } of product.ofType('AWS::IAM::Role')) expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(product.ofType('AWS::IAM::Policy')).toEqual([]);
  });

  it('lets a function log to its own group only', () => {
    const logging = sample
      .statementsOf('mizan-dev-gauging-ingest')
      .filter(({ Action }) => [Action].flat().some((action: string) => action.startsWith('logs:')));
    expect(logging.flatMap(({ Resource }) => [Resource].flat().map(flatten))).toEqual([
      expect.stringMatching(/:log-group:\/aws\/lambda\/mizan-dev-gauging-ingest:\*$/),
    ]);
  });

  it('lets services act for this account only', () => {
    for (const { Properties } of sample.ofType('AWS::IAM::Role')) {
      const [{ Principal, Condition }] = Properties.AssumeRolePolicyDocument.Statement;
      if (Principal.Service !== 'lambda.amazonaws.com')
        expect(Condition.StringEquals).toHaveProperty('aws:SourceAccount');
    }
  });
});

/** Text of every source file that runs in Lambda. */
const sources = (): string =>
  ['functions', 'layers']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

describe('what is watched', () => {
  it('has a page for every alarm, and the overview names every page', () => {
    const overview = readFileSync(join(runbooks, 'README.md'), 'utf8');
    const pages = readdirSync(runbooks).filter((file) => file !== 'README.md');
    expect(pages.filter((page) => !overview.includes(`(${page})`))).toEqual([]);
    const named = product
      .ofType('AWS::CloudWatch::Alarm')
      .map(({ Properties }) => /docs\/runbooks\/(\S+\.md)/.exec(Properties.AlarmDescription)?.[1]);
    expect([...new Set(named)].filter((page) => !pages.includes(page!))).toEqual([]);
    // A few say what to do on a day of one's own choosing; the overview tells them apart.
    const withoutAlarm = /^Without an alarm:(.*?)^$/ms.exec(overview)?.[1] ?? '';
    expect(pages.filter((page) => !named.includes(page) && !withoutAlarm.includes(`(${page})`))).toEqual([]);
  });

  it('is counted by the functions, under the namespace that alarms and dashboard read', () => {
    expect(productNamespace).toBe(metricNamespace);
    const watched = [
      ...JSON.stringify(product.ofType('AWS::CloudWatch::Dashboard')).matchAll(/"Mizan\\",\\"(\w+)\\"/g),
    ].map(([, metric]) => metric!);
    const alarmed = domains.flatMap(({ alarms = [] }) => alarms.map(({ metric }) => metric));
    const code = sources();
    expect(watched.length).toBeGreaterThanOrEqual(4);
    const searched = [
      ...JSON.stringify(product.ofType('AWS::CloudWatch::Dashboard')).matchAll(/{Mizan,[^}]+} MetricName=[\\"]+(\w+)/g),
    ].map(([, metric]) => metric!);
    expect(searched).toEqual(['AlertActionsFailed']);
    const isWritten = (metric: string) =>
      new RegExp(`(?:count|gauge|histogram|summary)Metric\\(\\s*'${metric}'`).test(code);
    expect([...watched, ...searched, ...alarmed].filter((metric) => !isWritten(metric))).toEqual([]);
  });

  it('is shown to those who run the business and to those who run the platform', () => {
    const dashboards = new Map(
      product
        .ofType('AWS::CloudWatch::Dashboard')
        .map(({ Properties }) => [Properties.DashboardName, JSON.stringify(Properties.DashboardBody)]),
    );
    expect([...dashboards.keys()].sort()).toEqual([
      'mizan-prod-business',
      'mizan-prod-main-path',
      'mizan-prod-platform',
    ]);
    for (const metric of ['ReadingsAccepted', 'InvoicesCreated', 'PaymentsReceived', 'AlarmsRaised'])
      expect(dashboards.get('mizan-prod-business')).toContain(metric);
    for (const metric of ['Latency', 'Errors', 'Throttles', 'NumberOfMessagesVisible', 'EstimatedCharges', 'EventLag'])
      expect(dashboards.get('mizan-prod-platform')).toContain(metric);
  });

  it('draws every function and every queue by its name', () => {
    const drawn = new Map(
      product
        .ofType('AWS::CloudWatch::Dashboard')
        .map(({ Properties }) => [Properties.DashboardName, JSON.stringify(Properties.DashboardBody)]),
    );
    const names = (type: string, property: string) =>
      product.ofType(type).map(({ Properties }) => `\\"${Properties[property]}\\"`);
    const missing = (dashboard: string, all: string[]) => all.filter((name) => !drawn.get(dashboard)!.includes(name));
    const workQueues = product.ofType('AWS::SQS::Queue').filter(({ Properties }) => Properties.RedrivePolicy);
    const deadLetters = workQueues.map(({ Properties }) => `\\"${Properties.QueueName}-dlq\\"`);
    expect(names('AWS::Lambda::Function', 'FunctionName').length).toBeGreaterThan(100);
    expect(missing('mizan-prod-main-path', names('AWS::Lambda::Function', 'FunctionName'))).toEqual([]);
    expect(
      missing('mizan-prod-main-path', [...deadLetters, ...deadLetters.map((name) => name.replace('-dlq', ''))]),
    ).toEqual([]);
    expect(missing('mizan-prod-platform', deadLetters)).toEqual([]);
  });

  it('asks AWS IoT by protocol or by rule and action, since nothing is published without', () => {
    const dashboard = JSON.stringify(product.ofType('AWS::CloudWatch::Dashboard'));
    const asked = [...dashboard.matchAll(/AWS\/IoT[\\"]+,[\\"]+([\w.]+)[\\"]+,[\\"]*(\w+)?/g)].map(
      ([, name, by]) => `${name} ${by}`,
    );
    expect(asked).toEqual(['PublishIn.Success Protocol']);
    expect(dashboard).toContain('{AWS/IoT,ActionType,RuleName}');
  });

  it('includes every dead-letter queue', () => {
    const alarmed = product
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(({ stack, Properties }) => `${stack} ${Properties.Dimensions[0].Value['Fn::GetAtt'][0]}`);
    const dead = product
      .ofType('AWS::SQS::Queue')
      .filter(({ Properties }) => Properties.RedrivePolicy === undefined)
      .map(({ stack, logicalId }) => `${stack} ${logicalId}`);
    expect(alarmed.sort()).toEqual(dead.sort());
  });

  it('tells when functions work without a pause, which no queue does that empties as fast as it fills', () => {
    const [alarm] = product
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.Namespace === 'AWS/Lambda' && Properties.MetricName === 'Duration');
    const tenHoursInEach = { Statistic: 'Sum', Period: 3600, Threshold: 36_000_000, EvaluationPeriods: 3 };
    expect(alarm?.Properties).toMatchObject(tenHoursInEach);
    // All functions together: one alarm, not one for each.
    expect(alarm?.Properties).not.toHaveProperty('Dimensions');
  });

  it('includes every HTTP API and every outbox', () => {
    const alarms = product.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    const httpApis = product
      .ofType('AWS::ApiGatewayV2::Api')
      .filter(({ Properties }) => Properties.ProtocolType === 'HTTP');
    expect(httpApis.length).toBeGreaterThan(0);
    expect(alarms.filter(({ MetricName }) => MetricName === 'Latency')).toHaveLength(httpApis.length);
    expect(alarms.filter(({ MetricName }) => MetricName === 'ExecutionFailed')).toHaveLength(
      product.ofType('AWS::Pipes::Pipe').length,
    );
  });
});

describe('production keeps away from AWS’s limits', () => {
  // While there is still room to divide something.
  const usedShare = 0.8;

  it.each(limits)('$what: $limit ($source)', ({ limit, measure }) => {
    const used = measure(product);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter(([, number]) => !(number <= limit * usedShare))).toEqual([]);
  });
});
