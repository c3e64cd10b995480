import { beforeAll, describe, expect, it } from 'vitest';
import { stageConfig } from './config/stages.ts';
import { domains } from './domains.ts';
import { type Sample, synthesizeSample } from './test-support/synthesize-sample.ts';

/**
 * Every resource with a `*` that an Allow statement of ours may hold, and why. What is not in this list fails.
 */
const allowedWildcards: { resource: RegExp; actions: RegExp; why: string }[] = [
  { resource: /^\*$/, actions: /^xray:Put(TraceSegments|TelemetryRecords)$/, why: 'X-Ray knows no resources.' },
  { resource: /^\*$/, actions: /^dynamodb:ListStreams$/, why: 'Cannot be bound to one stream; it reads names.' },
  { resource: /^\*$/, actions: /^kms:\*$/, why: 'Key policies: the account may delegate by IAM, of this key only.' },
  { resource: /^\*$/, actions: /^cloudwatch:GetMetricData$/, why: 'Metrics are no resources.' },
  { resource: /^\*$/, actions: /^sqs:ListQueues$/, why: 'Lists by prefix; it knows no resources.' },
  { resource: /^\*$/, actions: /^logs:(GetQueryResults|StopQuery)$/, why: 'Queries are no resources; ids are secret.' },
  {
    resource: /:log-group:\/aws\/lambda\/mizan-[a-z]+-\*(:\*)?$/,
    actions: /^logs:StartQuery$/,
    why: 'A search goes over the log groups of all functions of the stage.',
  },
  {
    resource: /:mizan-[a-z]+-\*-dlq$/,
    actions:
      /^sqs:(GetQueueUrl|GetQueueAttributes|ListDeadLetterSourceQueues|ReceiveMessage|DeleteMessage|\w+MessageMoveTasks?)$/,
    why: 'The dead-letter queues of all domains of the stage.',
  },
  {
    resource: /:mizan-[a-z]+-\*$/,
    actions: /^sqs:SendMessage$/,
    why: 'Dead letters go back to the queue they came from, whichever that is.',
  },
  { resource: /^\*$/, actions: /^sns:Publish$/, why: 'Phone numbers are no resources; topics are denied beside it.' },
  {
    resource: /:log-group:\/aws\/lambda\/mizan-[a-z0-9-]+:\*$/,
    actions: /^logs:(CreateLogStream|PutLogEvents)$/,
    why: 'Streams of one log group.',
  },
  {
    resource: /\/live\/(GET|POST|DELETE)\/@connections\/\*$/,
    actions: /^execute-api:ManageConnections$/,
    why: 'Connection ids exist at run time.',
  },
  {
    resource: /\/\*$/,
    actions: /^s3:(GetObject|PutObject|DeleteObject|AbortMultipartUpload)$/,
    why: 'Objects of one bucket.',
  },
  { resource: /:topic\/[^*]+\*$/, actions: /^iot:Publish$/, why: 'Topics hold ids of stations and meters.' },
  {
    resource: /:topic\/mizan\/\*\/platform\/(commands|config)$/,
    actions: /^iot:Publish$/,
    why: 'Down to the gateway of any station; which one the data decides.',
  },
  {
    resource:
      /:(topic|topicfilter)\/.*mizan\/\$\{iot:Connection\.Thing\.Attributes\[stationId\]\}\/(gateway|platform)\/\*$/,
    actions: /^iot:(Publish|Subscribe|Receive)$/,
    why: 'Up and down topics of the gateway’s own station.',
  },
  {
    resource: /:(topic|topicfilter)\/.*\$\{iot:Connection\.Thing\.Attributes\[stationId\]\}\/\*$/,
    actions: /^iot:(Publish|Subscribe|Receive)$/,
    why: 'All topics of the device’s own station.',
  },
];

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
}

function statementsIn(value: any): Statement[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  const own = value.Effect && value.Action ? [value as Statement] : [];
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}

const flatten = (value: any): string =>
  typeof value === 'string' ? value : value?.['Fn::Join'] ? value['Fn::Join'][1].map(flatten).join('') : '<ref>';

function unexplained(sample: Sample): string[] {
  const found: string[] = [];
  for (const resource of sample.resources)
    for (const { Effect, Action, Resource } of statementsIn(resource.Properties)) {
      if (Effect !== 'Allow' || Resource === undefined) continue;
      for (const action of [Action].flat())
        for (const target of [Resource].flat().map(flatten)) {
          const isWild = action.includes('*') || target.includes('*');
          if (!isWild || allowedWildcards.some((rule) => rule.resource.test(target) && rule.actions.test(action)))
            continue;
          found.push(`${resource.stack}/${resource.logicalId}: ${action} on ${target}`);
        }
    }
  return found;
}

describe('least privilege', () => {
  let sample: Sample;
  let product: Sample;
  beforeAll(() => {
    sample = synthesizeSample();
    product = synthesizeSample(stageConfig('prod'), domains, true);
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
