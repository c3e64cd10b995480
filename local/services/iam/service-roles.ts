/**
 * What AWS services do in roles of the account is checked once, at start: a pipe, a mapping, a topic rule or a schedule
 * whose role lacks a right would fail only when something moves through it.
 */
import { deliveryAction } from '../../runtime/targets.ts';
import { ConfigurationError, type CreatedResource, type DeclaredResource } from '../../runtime/types.ts';

/** One right that the role of a declared resource must give. */
export interface RequiredRight {
  /** Who needs it, for the message. */
  owner: string;
  /** Assumes the role. */
  service: string;
  sourceArn: string;
  roleArn: string;
  action: string;
  resource: string;
}

type Fields = Record<string, any>;
type Deployed = DeclaredResource & { created: CreatedResource };

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const QUEUE_SOURCE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html#events-dynamodb-permissions */
const STREAM_SOURCE = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

/** Every right that the declared pipes, mappings, rules, schedules and functions need of their roles. */
export function requiredRights(
  deployed: readonly Deployed[],
  place: { region: string; accountId: string },
): RequiredRight[] {
  const functions = new Map(
    deployed.filter(({ type }) => type === 'AWS::Lambda::Function').map((each) => [each.created.ref, each] as const),
  );
  const rights: RequiredRight[] = [];
  for (const resource of deployed) {
    const { type, properties } = resource;
    const arn = String(resource.created.attributes?.['Arn'] ?? resource.created.ref);
    const owner = `${type} "${resource.logicalId}" in stack ${resource.stackName}`;
    const require = (service: string, roleArn: unknown, needed: [action: string | undefined, resource: string][]) => {
      if (typeof roleArn !== 'string') throw new ConfigurationError(`${owner}: it has no role.`);
      for (const [action, on] of needed)
        if (action !== undefined) rights.push({ owner, service, sourceArn: arn, roleArn, action, resource: on });
    };
    const ofFunction = (reference: unknown, needed: [string | undefined, string][]) => {
      const name = /^(?:.*?function:)?([A-Za-z0-9-_]+)/.exec(String(reference))?.[1] ?? '';
      require('lambda.amazonaws.com', functions.get(name)?.properties['Role'], needed);
    };
    switch (type) {
      case 'AWS::Lambda::Function': {
        const { LogGroup = `/aws/lambda/${resource.created.ref}` } = properties['LoggingConfig'] ?? {};
        const streams = `arn:aws:logs:${place.region}:${place.accountId}:log-group:${LogGroup}:log-stream:any`;
        const group = streams.replace(/log-stream:any$/, '*');
        const deadLetters = properties['DeadLetterConfig']?.['TargetArn'];
        const isTraced = properties['TracingConfig']?.['Mode'] === 'Active';
        require('lambda.amazonaws.com', properties['Role'], [
          ['logs:CreateLogStream', group],
          ['logs:PutLogEvents', streams],
          ...(isTraced ? ([['xray:PutTraceSegments', '*']] as [string, string][]) : []),
          ...(deadLetters === undefined ? [] : deliveryTo(deadLetters)),
        ]);
        break;
      }
      case 'AWS::Lambda::EventInvokeConfig':
        ofFunction(
          properties['FunctionName'],
          Object.values((properties['DestinationConfig'] ?? {}) as Fields).flatMap(({ Destination }) =>
            deliveryTo(Destination),
          ),
        );
        break;
      case 'AWS::Lambda::EventSourceMapping': {
        const onFailure = properties['DestinationConfig']?.['OnFailure']?.['Destination'];
        ofFunction(properties['FunctionName'], [
          ...readingFrom(properties['EventSourceArn']),
          ...(onFailure === undefined ? [] : deliveryTo(onFailure)),
        ]);
        break;
      }
      case 'AWS::Pipes::Pipe': {
        const source = Object.values((properties['SourceParameters'] ?? {}) as Fields).find(
          (each) => each?.DeadLetterConfig?.Arn !== undefined,
        );
        require('pipes.amazonaws.com', properties['RoleArn'], [
          ...readingFrom(properties['Source']),
          ...deliveryTo(properties['Target']),
          ...(properties['Enrichment'] === undefined ? [] : deliveryTo(properties['Enrichment'])),
          ...(source === undefined ? [] : deliveryTo(source.DeadLetterConfig.Arn)),
        ]);
        break;
      }
      case 'AWS::Scheduler::Schedule': {
        const { Arn, RoleArn, DeadLetterConfig } = properties['Target'];
        require('scheduler.amazonaws.com', RoleArn, [
          ...deliveryTo(Arn),
          ...(DeadLetterConfig?.Arn === undefined ? [] : deliveryTo(DeadLetterConfig.Arn)),
        ]);
        break;
      }
      case 'AWS::IoT::TopicRule': {
        const { Actions = [], ErrorAction } = properties['TopicRulePayload'];
        for (const action of [...Actions, ...(ErrorAction === undefined ? [] : [ErrorAction])] as Fields[]) {
          const [[kind = '', fields = {}] = []] = Object.entries(action);
          // A function is invoked by its own permission instead.
          if (kind !== 'Lambda') require('iot.amazonaws.com', fields.RoleArn, topicActionRights(kind, fields, place));
        }
        break;
      }
    }
  }
  return rights;
}

function readingFrom(sourceArn: string): [string, string][] {
  const actions = sourceArn.startsWith('arn:aws:sqs:') ? QUEUE_SOURCE : STREAM_SOURCE;
  const needed = actions.map((action): [string, string] => [action, sourceArn]);
  // It knows no resources; the documentation lists it with the other three.
  return actions === STREAM_SOURCE ? [...needed, ['dynamodb:ListStreams', '*']] : needed;
}

function deliveryTo(arn: string): [string | undefined, string][] {
  return [[deliveryAction(arn), arn]];
}

/** Names with substitution templates are known only when a message comes; their rights are left to AWS. */
function topicActionRights(
  kind: string,
  { QueueUrl, TargetArn, Topic, BucketName, Key, LogGroupName, DatabaseName, TableName }: Fields,
  { region, accountId }: { region: string; accountId: string },
): [string, string][] {
  const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const rights: Record<string, [string, string][]> = {
    Sqs: [['sqs:SendMessage', arn('sqs', String(QueueUrl).split('/').at(-1)!)]],
    Sns: [['sns:Publish', String(TargetArn)]],
    Republish: [['iot:Publish', arn('iot', `topic/${String(Topic).replace(/^\$\$/, '$')}`)]],
    S3: [['s3:PutObject', `arn:aws:s3:::${BucketName}/${Key}`]],
    CloudwatchLogs: [
      ['logs:CreateLogStream', arn('logs', `log-group:${LogGroupName}:*`)],
      ['logs:PutLogEvents', arn('logs', `log-group:${LogGroupName}:log-stream:any`)],
      ['logs:DescribeLogStreams', arn('logs', `log-group:${LogGroupName}:*`)],
    ],
    Timestream: [
      ['timestream:WriteRecords', arn('timestream', `database/${DatabaseName}/table/${TableName}`)],
      ['timestream:DescribeEndpoints', '*'],
    ],
  };
  return (rights[kind] ?? []).filter(([, resource]) => !resource.includes('${'));
}
