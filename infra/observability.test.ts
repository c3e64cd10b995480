import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { metricNamespace } from '../layers/kernel/observability/logger.ts';
import { stageConfig } from './config/stages.ts';
import { domains } from './domains.ts';
import { productNamespace } from './naming.ts';
import { type Sample, synthesizeSample } from './test-support/synthesize-sample.ts';

const root = join(import.meta.dirname, '..');
const runbooks = join(root, 'docs/runbooks');

let product: Sample;
beforeAll(() => {
  product = synthesizeSample(stageConfig('prod'), domains);
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
