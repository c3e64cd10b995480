/**
 * Queues, topics, buses, schedules, device messages and e-mail.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html and its neighbours
 */
import { readForm } from '../../sns/query-protocol.ts';
import {
  arnOf,
  type Input,
  inputOf,
  type NeededPermission,
  type RequestReader,
  type RequestScope,
} from './needed-permission.ts';

/** A redrive acts on the queue itself as well. */
const MOVE_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

export const readSqsRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  if (operation === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  if (operation.endsWith('MessageMoveTask') || operation.endsWith('MessageMoveTasks')) {
    const source = input['SourceArn'] ?? sourceOfTask(input['TaskHandle']);
    if (source === undefined) return undefined;
    const needed = [`sqs:${operation}`, ...MOVE_ACTIONS].map((action) => ({ action, resource: source }));
    const { DestinationArn: destination } = input;
    return destination === undefined ? needed : [...needed, { action: 'sqs:SendMessage', resource: destination }];
  }
  const name = String(input['QueueUrl'] ?? input['QueueName'] ?? '')
    .split('/')
    .at(-1)!;
  // "Specify the permission of the single action for the batch actions."
  return [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: arnOf(scope, 'sqs', name) }];
};

function sourceOfTask(handle: unknown): string | undefined {
  try {
    return JSON.parse(Buffer.from(String(handle), 'base64').toString('utf8')).sourceArn;
  } catch {
    return undefined;
  }
}

export const readSnsRequest: RequestReader = ({ body }) => {
  const form = readForm(body.toString('utf8'));
  const action = String(form['Action'] ?? '').replace(/^PublishBatch$/, 'Publish');
  const target = form['TopicArn'] ?? form['TargetArn'];
  return action === '' ? undefined : [{ action: `sns:${action}`, resource: typeof target === 'string' ? target : '*' }];
};

export const readEventsRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  if (operation !== 'PutEvents') return [{ action: `events:${operation}`, resource: '*' }];
  return ((input['Entries'] ?? []) as Input[]).map(({ EventBusName, Source, DetailType }) => ({
    action: 'events:PutEvents',
    resource: busArn(EventBusName, scope),
    keys: (key) =>
      key === 'events:source' && Source !== undefined
        ? [String(Source)]
        : key === 'events:detail-type' && DetailType !== undefined
          ? [String(DetailType)]
          : undefined,
  }));
};

function busArn(bus: unknown, scope: RequestScope): string {
  const name = String(bus ?? 'default');
  return name.startsWith('arn:') ? name : arnOf(scope, 'events', `event-bus/${name}`);
}

const SCHEDULE_ACTIONS: Readonly<Record<string, string>> = {
  POST: 'Create',
  GET: 'Get',
  PUT: 'Update',
  DELETE: 'Delete',
};

export const readSchedulerRequest: RequestReader = (request, scope) => {
  const { method, path, query } = request;
  const [collection, name] = path.split('/').filter((part) => part !== '');
  if (collection !== 'schedules' && collection !== 'schedule-groups') return undefined;
  const kind = collection === 'schedules' ? 'Schedule' : 'ScheduleGroup';
  if (name === undefined) return [{ action: `scheduler:List${kind}s`, resource: '*' }];
  const input = inputOf(request);
  const verb = SCHEDULE_ACTIONS[method];
  if (verb === undefined || input === undefined) return undefined;
  const group = query.get('groupName') ?? input['GroupName'] ?? 'default';
  const resource = kind === 'Schedule' ? `schedule/${group}/${name}` : `schedule-group/${name}`;
  const needed: NeededPermission[] = [
    { action: `scheduler:${verb}${kind}`, resource: arnOf(scope, 'scheduler', resource) },
  ];
  // Whoever makes a schedule hands its role on.
  const role = input['Target']?.RoleArn;
  return role === undefined ? needed : [...needed, { action: 'iam:PassRole', resource: role }];
};

export const readIotDataRequest: RequestReader = ({ method, path, query }, scope) => {
  if (method === 'POST' && path.startsWith('/topics/')) {
    const resource = arnOf(scope, 'iot', `topic/${path.slice('/topics/'.length)}`);
    const needed = [{ action: 'iot:Publish', resource }];
    return query.get('retain') === 'true' ? [...needed, { action: 'iot:RetainPublish', resource }] : needed;
  }
  if (path === '/retainedMessage') return [{ action: 'iot:ListRetainedMessages', resource: '*' }];
  if (path.startsWith('/retainedMessage/'))
    return [
      {
        action: 'iot:GetRetainedMessage',
        resource: arnOf(scope, 'iot', `topic/${path.slice('/retainedMessage/'.length)}`),
      },
    ];
  return path === '/endpoint' ? [{ action: 'iot:DescribeEndpoint', resource: '*' }] : undefined;
};

/** The resource is the identity that sends: the address, or its domain where that is what was verified. */
export const readSesRequest: RequestReader = (request, scope) => {
  const from = inputOf(request)?.['FromEmailAddress'];
  if (request.path !== '/v2/email/outbound-emails' || typeof from !== 'string') return undefined;
  const address = /<([^>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
  const { identityOf } = scope.ctx.service<import('../../ses/index.ts').SesService>('ses');
  return [{ action: 'ses:SendEmail', resource: arnOf(scope, 'ses', `identity/${identityOf(address) ?? address}`) }];
};
