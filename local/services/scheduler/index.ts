/** Amazon EventBridge Scheduler: one-time and recurring invocations, declared or made through its API. */
import { AwsError, type AwsService, ConfigurationError, type RuntimeContext } from '../../runtime/types.ts';
import { answer } from './api.ts';
import { readDefinition } from './schedule-definition.ts';
import { Schedules } from './schedules.ts';

export function createSchedulerService(ctx: RuntimeContext): AwsService {
  const schedules = new Schedules(ctx);
  return {
    signingName: 'scheduler',
    resources: {
      'AWS::Scheduler::ScheduleGroup': ({ properties, defaultName }) => {
        const name: string = properties['Name'] ?? defaultName.slice(0, 64);
        schedules.addGroup(name);
        return { ref: name, attributes: { Arn: schedules.groupArnOf(name), State: 'ACTIVE' } };
      },
      'AWS::Scheduler::Schedule': ({ properties, defaultName }) => {
        const Name: string = properties['Name'] ?? defaultName.slice(-64);
        try {
          const definition = readDefinition({ ...properties, Name });
          schedules.declare(definition);
          return { ref: Name, attributes: { Arn: schedules.arnOf(definition) } };
        } catch (cause) {
          if (cause instanceof AwsError) throw new ConfigurationError(`Schedule ${Name}: ${cause.message}`, { cause });
          throw cause;
        }
      },
    },
    handle: async (request) => answer(request, schedules),
    async start() {
      schedules.start();
    },
    async stop() {
      schedules.stop();
    },
  };
}
