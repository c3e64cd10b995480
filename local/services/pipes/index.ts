/** Amazon EventBridge Pipes: point-to-point from streams and queues to targets. */
import { once, within } from '../../runtime/draining.ts';
import { type AwsService, ConfigurationError, type RuntimeContext } from '../../runtime/types.ts';
import { openCheckpoints } from '../event-sources/checkpoints.ts';
import { requireDeclared } from '../event-sources/require-declared.ts';
import { createPipe, type RunningPipe } from './pipe.ts';
import { readPipe } from './pipe-settings.ts';

/** Real time that running batches get to end when the platform stops. */
const GRACE_MS = 2000;

export function createPipesService(ctx: RuntimeContext): AwsService {
  const checkpoints = openCheckpoints(ctx.dataDir, 'pipes');
  const stopping = new AbortController();
  const declared: { name: string; open: () => RunningPipe }[] = [];
  const running: RunningPipe[] = [];
  const drain = once(async () => {
    stopping.abort(new Error('The platform stops.'));
    // What is cut off is delivered again after the next start.
    await within(GRACE_MS, Promise.all(running.map((pipe) => pipe.stop())));
  });

  return {
    signingName: 'pipes',
    resources: {
      'AWS::Pipes::Pipe': ({ properties, defaultName }) => {
        const name: string = properties['Name'] ?? defaultName;
        const arn = `arn:aws:pipes:${ctx.region}:${ctx.accountId}:pipe/${name}`;
        const settings = readPipe(name, arn, properties);
        try {
          const open = createPipe(ctx, settings, checkpoints, stopping.signal);
          if (settings.running) declared.push({ name, open });
        } catch (cause) {
          if (cause instanceof ConfigurationError) throw cause;
          throw new ConfigurationError(`Pipe ${name}: ${(cause as Error).message}`, { cause });
        }
        const now = new Date(ctx.clock.now()).toISOString();
        const CurrentState = settings.running ? 'RUNNING' : 'STOPPED';
        return {
          ref: name,
          attributes: { Arn: arn, CurrentState, CreationTime: now, LastModifiedTime: now, StateReason: '' },
        };
      },
    },
    async start() {
      for (const { name, open } of declared)
        requireDeclared(`Pipe ${name}`, () => {
          const pipe = open();
          running.push(pipe);
          pipe.start();
        });
    },
    drain,
    async stop() {
      await drain();
      checkpoints.close();
    },
  };
}
