/**
 * What AWS refuses to deploy although every template is right: limits that the product can grow into, each with the way to
 * measure it on synthesized templates.
 */
import { deployed, permissionStatement, referredTo, sizeOf } from './deployed-size.ts';
import type { Sample, SampleResource } from './synthesize-sample.ts';

export interface Limit {
  what: string;
  limit: number;
  /** The document of AWS that says so. */
  source: string;
  /** Each thing the limit is on, with how much of it is used. */
  measure: (product: Sample) => (readonly [name: string, used: number])[];
}

const cloudFormation = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';
const iam = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const eventBridge = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const sqs = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html';
const httpApis = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html';
const iot = 'https://docs.aws.amazon.com/general/latest/gr/iot-core.html';
const cloudWatch = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html';

const idOf = ({ stack, logicalId }: SampleResource): string => `${stack}/${logicalId}`;

/** One number for each resource of a type. */
const each =
  (type: string, count: (properties: any) => number): Limit['measure'] =>
  (product) =>
    product.ofType(type).map((resource) => [idOf(resource), count(resource.Properties)]);

/** How many resources, or how much of each, belong to the same thing. */
const grouped = (
  resources: SampleResource[],
  keyOf: (resource: SampleResource) => string,
  used: (resource: SampleResource) => number = () => 1,
): [string, number][] => {
  const sums = new Map<string, number>();
  for (const resource of resources) sums.set(keyOf(resource), (sums.get(keyOf(resource)) ?? 0) + used(resource));
  return [...sums];
};

/** All of a type, which the account has together. */
const together =
  (type: string): Limit['measure'] =>
  (product) => [['the account', product.ofType(type).length]];

const statementsOf = ({ PolicyDocument }: any): any[] => PolicyDocument.Statement;

/** Widgets of a dashboard, each as the number of its metrics. */
const metricsOf = ({ DashboardBody }: any): number[] =>
  JSON.parse(deployed(DashboardBody)).widgets.map(({ properties }: any) => properties.metrics?.length ?? 0);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

export const limits: Limit[] = [
  {
    what: 'resources of a stack',
    limit: 500,
    source: cloudFormation,
    measure: ({ resources }) => grouped(resources, ({ stack }) => stack),
  },
  {
    what: 'outputs of a stack',
    limit: 200,
    source: cloudFormation,
    measure: ({ outputs }) => Object.entries(outputs).map(([stack, of]) => [stack, Object.keys(of).length]),
  },
  {
    what: 'bytes of a template',
    limit: 1_000_000,
    source: cloudFormation,
    measure: ({ templateBytes }) => [...templateBytes],
  },
  {
    what: 'characters of a role’s own policies',
    limit: 10_240,
    source: iam,
    measure: each('AWS::IAM::Role', ({ Policies }) =>
      sum(Policies.map((policy: any) => sizeOf(policy.PolicyDocument))),
    ),
  },
  {
    what: 'characters of a trust policy',
    limit: 2_048,
    source: iam,
    measure: each('AWS::IAM::Role', ({ AssumeRolePolicyDocument }) => sizeOf(AssumeRolePolicyDocument)),
  },
  { what: 'roles of the account', limit: 1_000, source: iam, measure: together('AWS::IAM::Role') },
  {
    what: 'bytes of a function’s environment',
    limit: 4_096,
    source: lambda,
    measure: each('AWS::Lambda::Function', ({ Environment }) => sizeOf(Environment.Variables)),
  },
  {
    what: 'bytes of a function’s own policy',
    limit: 20_480,
    source: lambda,
    measure: (product) =>
      grouped(
        product.ofType('AWS::Lambda::Permission'),
        ({ stack, Properties }) => referredTo(Properties.FunctionName, stack, product.outputs),
        (permission) => sizeOf(permissionStatement(permission)),
      ),
  },
  {
    what: 'reserved concurrency; a hundred of an account’s thousand must stay free',
    limit: 900,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html',
    measure: (product) => [
      [
        'the account',
        sum(
          product.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.ReservedConcurrentExecutions ?? 0),
        ),
      ],
    ],
  },
  { what: 'rules of the bus', limit: 300, source: eventBridge, measure: together('AWS::Events::Rule') },
  {
    what: 'targets of a rule',
    limit: 5,
    source: eventBridge,
    measure: each('AWS::Events::Rule', ({ Targets }) => Targets.length),
  },
  {
    what: 'characters of an event pattern',
    limit: 2_048,
    source: eventBridge,
    measure: each('AWS::Events::Rule', ({ EventPattern }) => sizeOf(EventPattern)),
  },
  { what: 'pipes of the account', limit: 1_000, source: eventBridge, measure: together('AWS::Pipes::Pipe') },
  {
    what: 'characters of a pipe’s filter',
    limit: 4_096,
    source: 'https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_Filter.html',
    measure: each('AWS::Pipes::Pipe', ({ SourceParameters }) =>
      Math.max(...SourceParameters.FilterCriteria.Filters.map(({ Pattern }: any) => Pattern.length)),
    ),
  },
  {
    what: 'characters of a pipe’s template',
    limit: 8_192,
    source: 'https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetParameters.html',
    measure: each('AWS::Pipes::Pipe', ({ TargetParameters }) => TargetParameters.InputTemplate.length),
  },
  {
    what: 'bytes of a queue’s policy',
    limit: 8_192,
    source: sqs,
    measure: each('AWS::SQS::QueuePolicy', ({ PolicyDocument }) => sizeOf(PolicyDocument)),
  },
  {
    what: 'statements of a queue’s policy',
    limit: 20,
    source: sqs,
    measure: each('AWS::SQS::QueuePolicy', (properties) => statementsOf(properties).length),
  },
  {
    what: 'conditions of a queue’s policy',
    limit: 10,
    source: sqs,
    measure: each(
      'AWS::SQS::QueuePolicy',
      (properties) => statementsOf(properties).filter(({ Condition }) => Condition !== undefined).length,
    ),
  },
  ...(['Route', 'Integration'] as const).map((part) => ({
    what: `${part.toLowerCase()}s of an API`,
    limit: 300,
    source: httpApis,
    measure: (product: Sample) =>
      grouped(product.ofType(`AWS::ApiGatewayV2::${part}`), ({ Properties }) => JSON.stringify(Properties.ApiId)),
  })),
  {
    what: 'characters of an IoT policy',
    limit: 2_048,
    source: iot,
    measure: each('AWS::IoT::Policy', ({ PolicyDocument }) => sizeOf(PolicyDocument)),
  },
  { what: 'topic rules of the account', limit: 1_000, source: iot, measure: together('AWS::IoT::TopicRule') },
  {
    what: 'metrics of a graph',
    limit: 500,
    source: cloudWatch,
    measure: each('AWS::CloudWatch::Dashboard', (properties) => Math.max(...metricsOf(properties))),
  },
  {
    what: 'metrics of a dashboard',
    limit: 2_500,
    source: cloudWatch,
    measure: each('AWS::CloudWatch::Dashboard', (properties) => sum(metricsOf(properties))),
  },
];
