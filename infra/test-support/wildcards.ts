/** The wildcards that statements of ours may hold, and what finds all others. */
import type { Sample } from './synthesize-sample.ts';

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
    resource: /:topic\/acrel\/\*\/device\/\*\/config$/,
    actions: /^iot:(Retain)?Publish$/,
    why: 'Configurations of any device, kept for those that are away; which one the data decides.',
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

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
}

/** Statements anywhere below a value. */
export function statementsIn(value: any): Statement[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  const own = value.Effect && value.Action ? [value as Statement] : [];
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}

/** A resource in one line. */
export const flatten = (value: any): string =>
  typeof value === 'string' ? value : value?.['Fn::Join'] ? value['Fn::Join'][1].map(flatten).join('') : '<ref>';

/** What is allowed with a wildcard and not in the list. */
export function unexplained(sample: Sample): string[] {
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
