/**
 * `npm start`: the whole platform on this machine, with a demo utility that is alive. What takes long to load is loaded when
 * the command line is known to be good and its ports to be free.
 */
import { ConfigurationError } from './runtime/types.ts';
import { requireFreePorts } from './start/free-ports.ts';
import { parseOptions, type StartOptions, usage } from './start/options.ts';
import { type Running, stopRunning } from './start/running.ts';

/** A service that hangs must not leave a process behind; none of them takes a tenth of this on an idle machine. */
const giveUpAfterMs = 20_000;

const running: Running = {};
let isStopping = false;

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await run(options);
} catch (error) {
  // What fails because everything is being stopped is no failure.
  if (!isStopping) {
    console.error(error instanceof ConfigurationError ? `\n${error.message}` : error);
    await stopRunning(running);
    process.exitCode = 1;
  }
}

async function run(options: StartOptions): Promise<void> {
  const started = performance.now();
  requireNode();
  stopOnSignals();
  console.log('Mizan\n');
  await requireFreePorts(options);
  const { startEverything } = await import('./start/everything.ts');
  await startEverything(options, running, started);
}

function requireNode(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 24)
    throw new ConfigurationError(
      `Mizan needs Node 24 and this is ${process.version}: run it with "npm start", which uses the one that "npm ci" installed.`,
    );
}

function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      console.log('\nStopping…');
      setTimeout(() => process.exit(1), giveUpAfterMs).unref();
      stopRunning(running).then(
        () => process.exit(0),
        (error) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}
