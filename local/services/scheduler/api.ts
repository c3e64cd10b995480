/** The EventBridge Scheduler API (REST JSON): schedules by name and group, and schedule groups. */
import { AwsError, type AwsRequest, type AwsResponse } from '../../runtime/types.ts';
import { readDefinition } from './schedule-definition.ts';
import type { StoredSchedule } from './schedule-store.ts';
import type { Schedules } from './schedules.ts';

export function answer(request: AwsRequest, schedules: Schedules): AwsResponse {
  const [collection, name] = request.path.split('/').filter((part) => part !== '');
  const route = `${request.method} ${collection}${name === undefined ? '' : '/{name}'}`;
  const input = readBody(request.body);
  const key = { Name: name ?? '', GroupName: request.query.get('groupName') ?? input['GroupName'] ?? 'default' };
  const ok = (body: object): AwsResponse => ({ status: 200, body });
  switch (route) {
    case 'POST schedules/{name}': {
      const definition = readDefinition({ ...input, Name: name });
      const existing = schedules.find(definition);
      const isRepeated = existing?.clientToken !== undefined && existing.clientToken === input['ClientToken'];
      if (existing !== undefined && !isRepeated)
        throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
      if (!isRepeated) schedules.create(definition, input['ClientToken']);
      return ok({ ScheduleArn: schedules.arnOf(definition) });
    }
    case 'GET schedules/{name}':
      return ok(scheduleView(schedules.get(key), schedules));
    case 'PUT schedules/{name}': {
      const definition = readDefinition({ ...input, Name: name });
      schedules.update(definition);
      return ok({ ScheduleArn: schedules.arnOf(definition) });
    }
    case 'DELETE schedules/{name}':
      schedules.delete(key);
      return ok({});
    case 'GET schedules':
      return ok(listSchedules(request.query, schedules));
    case 'POST schedule-groups/{name}':
      if (schedules.groups().some((group) => group.name === name))
        throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
      schedules.addGroup(name!);
      return ok({ ScheduleGroupArn: schedules.groupArnOf(name!) });
    case 'GET schedule-groups/{name}':
      return ok(groupView(schedules.group(name!), schedules));
    case 'DELETE schedule-groups/{name}':
      schedules.deleteGroup(name!);
      return ok({});
    case 'GET schedule-groups':
      return ok({ ScheduleGroups: schedules.groups().map((group) => groupView(group, schedules)) });
    default:
      throw new AwsError(
        'UnknownOperationException',
        `The local runtime does not support the Scheduler request ${route}.`,
        404,
      );
  }
}

function readBody(body: Buffer): Record<string, any> {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString()) as Record<string, any>;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
}

function listSchedules(query: URLSearchParams, schedules: Schedules): object {
  const offset = Number(query.get('NextToken') ?? 0);
  const limit = Number(query.get('MaxResults') ?? 100);
  const found = schedules
    .list()
    .filter(({ definition: { Name, GroupName, State } }) => {
      const [group, prefix, state] = [query.get('ScheduleGroup'), query.get('NamePrefix'), query.get('State')];
      return (group ?? GroupName) === GroupName && Name.startsWith(prefix ?? '') && (state ?? State) === State;
    })
    .sort((a, b) => (a.definition.Name < b.definition.Name ? -1 : 1));
  const page = found.slice(offset, offset + limit).map((schedule) => {
    const { Name, GroupName, State, Target } = schedule.definition;
    return {
      ...dates(schedule),
      Arn: schedules.arnOf(schedule.definition),
      Name,
      GroupName,
      State,
      Target: { Arn: Target.Arn },
    };
  });
  return { Schedules: page, ...(offset + limit < found.length && { NextToken: String(offset + limit) }) };
}

function scheduleView(schedule: StoredSchedule, schedules: Schedules): object {
  return { ...schedule.definition, Arn: schedules.arnOf(schedule.definition), ...dates(schedule) };
}

function groupView({ name, createdAt }: { name: string; createdAt: number }, schedules: Schedules): object {
  const CreationDate = createdAt / 1000;
  return {
    Arn: schedules.groupArnOf(name),
    Name: name,
    State: 'ACTIVE',
    CreationDate,
    LastModificationDate: CreationDate,
  };
}

function dates({ createdAt, modifiedAt }: StoredSchedule): { CreationDate: number; LastModificationDate: number } {
  return { CreationDate: createdAt / 1000, LastModificationDate: modifiedAt / 1000 };
}
