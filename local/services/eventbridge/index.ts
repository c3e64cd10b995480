/** Amazon EventBridge: buses, rules, scheduled rules, archives; bus targets for pipes, schedules and other buses. */
import {
  AwsError,
  type AwsService,
  ConfigurationError,
  type RuntimeContext,
  type TargetRequest,
} from '../../runtime/types.ts';
import { requireDeclared } from '../event-sources/require-declared.ts';
import { jsonOperations } from '../support/json-operations.ts';
import { createOperations } from './api.ts';
import { readArchive } from './archive.ts';
import { Buses } from './buses.ts';
import { BILLED_CHUNK_BYTES, type BusEvent, createEvent, type EventEntry, entryBytes } from './event.ts';
import { PatternError } from './pattern.ts';
import { readRule } from './rule.ts';

export function createEventBridgeService(ctx: RuntimeContext): AwsService {
  const buses = new Buses(ctx);
  const { operations, timers } = createOperations(ctx, buses);
  ctx.targets.register('events', async (request) => deliver(ctx, buses, request));

  return {
    signingName: 'events',
    resources: {
      'AWS::Events::EventBus': ({ properties, defaultName }) => {
        const name: string = properties['Name'] ?? defaultName;
        if (name === 'default')
          throw new ConfigurationError('The event bus "default" exists by itself and cannot be declared.');
        const bus = buses.add(name);
        bus.policy = properties['Policy'];
        return { ref: name, attributes: { Arn: bus.arn, Name: name, Policy: bus.policy } };
      },
      'AWS::Events::EventBusPolicy': ({ properties, defaultName }) => {
        const bus = requireDeclared(`Event bus policy ${defaultName}`, () => buses.get(properties['EventBusName']));
        bus.policy = properties['Statement'];
        return { ref: defaultName };
      },
      'AWS::Events::Rule': (resource) => {
        const rule = readRule(resource, { region: ctx.region, accountId: ctx.accountId, now: ctx.clock.now() });
        requireDeclared(`Rule ${rule.name}`, () => buses.get(rule.busName)).rules.set(rule.name, rule);
        return {
          ref: rule.busName === 'default' ? rule.name : `${rule.busName}|${rule.name}`,
          attributes: { Arn: rule.arn },
        };
      },
      'AWS::Events::Archive': ({ properties, defaultName }) => {
        const name: string = properties['ArchiveName'] ?? defaultName;
        try {
          const archive = readArchive(properties, name, ctx);
          requireDeclared(`Archive ${name}`, () => buses.get(archive.busName)).archives.push(archive);
          return { ref: name, attributes: { Arn: archive.arn, ArchiveName: name } };
        } catch (cause) {
          if (cause instanceof PatternError)
            throw new ConfigurationError(`Archive ${name}: ${cause.message}`, { cause });
          throw cause;
        }
      },
    },
    handle: jsonOperations('EventBridge', operations),
    async start() {
      buses.start();
    },
    async stop() {
      for (const timer of timers) timer.cancel();
      buses.stop();
    },
  };
}

/** From pipes and schedules a detail with parameters; from another bus's rule the whole event, which keeps its identity. */
function deliver(ctx: RuntimeContext, buses: Buses, { arn, payload, parameters }: TargetRequest): void {
  const bus = buses.get(arn);
  if (parameters?.source === undefined) {
    const event = JSON.parse(payload) as BusEvent;
    if (typeof event?.source !== 'string') throw new AwsError('ValidationException', 'What arrived is not an event.');
    bill(ctx, Buffer.byteLength(payload));
    buses.publish(bus, event);
    return;
  }
  const entry: EventEntry = {
    Detail: payload,
    Source: parameters.source,
    ...(parameters.detailType !== undefined && { DetailType: parameters.detailType }),
    ...(parameters.resources !== undefined && { Resources: parameters.resources }),
    ...(parameters.time !== undefined && { Time: parameters.time }),
  };
  const event = createEvent(entry, ctx);
  bill(ctx, entryBytes(entry));
  buses.publish(bus, event);
}

function bill(ctx: RuntimeContext, bytes: number): void {
  ctx.meter.count('eventbridge.customEventPerMillion64KB', Math.max(1, Math.ceil(bytes / BILLED_CHUNK_BYTES)));
}
