/**
 * Runs a synthesized assembly on this machine: creates what its templates declare, serves its APIs, and
 * answers the AWS SDK of its functions. `npm start`, the end-to-end tests and the benchmarks all start here.
 */
import { mkdirSync } from 'node:fs';
import { readAssembly } from './runtime/assembly.ts';
import { type AwsEndpoint, startAwsEndpoint } from './runtime/aws-endpoint.ts';
import { createClock, type TurnableClock } from './runtime/clock.ts';
import { createControlApi } from './runtime/control-api.ts';
import { CostMeter } from './runtime/cost-meter.ts';
import { type Deployment, deploy } from './runtime/deployment.ts';
import { FaultInjector } from './runtime/faults.ts';
import { LogBuffer } from './runtime/log-buffer.ts';
import { createTerminalLogger } from './runtime/logger.ts';
import { ResourceDirectory } from './runtime/resource-directory.ts';
import { ServiceHost } from './runtime/service-host.ts';
import { createTargetRouter } from './runtime/targets.ts';
import { type AwsService, ConfigurationError, type Logger, type RuntimeContext } from './runtime/types.ts';
import { serviceCatalog } from './service-catalog.ts';
import type { IamService } from './services/iam/index.ts';
import type { LambdaService } from './services/lambda/index.ts';
import type { Invocation } from './services/lambda/local-function.ts';
import type { SesService } from './services/ses/index.ts';
import type { SnsService } from './services/sns/index.ts';
import type { SsmService } from './services/ssm/index.ts';

export interface PlatformOptions {
  /** The directory `cdk synth` wrote. */
  assembly: string;
  /** Where data is kept between starts. @default in memory only */
  dataDir?: string;
  /** 0 takes any free port. */
  ports: { rest: number; mqtt: number; aws: number };
  /** @default to the terminal */
  logger?: Logger;
  /** Leaves only errors of the runtime on the terminal. @default false */
  quiet?: boolean;
  /** Values of template parameters that have no default. */
  parameters?: Record<string, string>;
}

export interface PlatformEndpoints {
  restUrl: string;
  /** Undefined when the assembly declares no WebSocket API. */
  webSocketUrl: string | undefined;
  mqttUrl: string;
  awsEndpointUrl: string;
}

export interface Platform {
  readonly clock: TurnableClock;
  readonly meter: CostMeter;
  readonly faults: FaultInjector;
  readonly context: RuntimeContext;
  readonly endpoints: PlatformEndpoints;
  /** By stack name, then by output name. */
  readonly outputs: Deployment['outputs'];
  readonly resources: ResourceDirectory;
  readonly logs: LogBuffer;
  /** Runs the one function whose name, logical id or construct path contains the text. */
  invoke(functionNamePart: string, event: unknown): Promise<Omit<Invocation, 'payload'> & { payload: unknown }>;
  /** Ends everything in order; nothing keeps the process alive after it. */
  stop(): Promise<void>;
}

const linesKept = 5_000;

/** @throws ConfigurationError for anything in the assembly or the settings that cannot be honoured */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  // Lambda runs in UTC, and worker threads take the time zone of their process.
  process.env['TZ'] = 'UTC';
  const assembly = readAssembly(options.assembly);
  if (options.dataDir !== undefined) mkdirSync(options.dataDir, { recursive: true });

  const log = options.logger ?? createTerminalLogger(options.quiet ? 'error' : 'info');
  const clock = createClock();
  const meter = new CostMeter();
  const faults = new FaultInjector();
  const logs = new LogBuffer(linesKept);
  const host = new ServiceHost();
  const ports = { ...options.ports };
  let stopped: Promise<void> | undefined;
  const context: RuntimeContext = {
    clock,
    log: quietOnce(() => stopped !== undefined, log),
    meter,
    faults,
    dataDir: options.dataDir,
    region: assembly.stacks.find(({ region }) => region)?.region ?? 'us-east-1',
    accountId: assembly.stacks.find(({ account }) => account)?.account ?? '000000000000',
    ports,
    service: (signingName) => host.get(signingName),
    targets: createTargetRouter({ checkCaller: (...call) => context.access.checkCaller(...call) }),
    get access() {
      return host.get<IamService>('iam');
    },
  };

  let endpoint: AwsEndpoint | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await host.stop(log);
      await endpoint?.close();
      clock.stop();
    })();
    return stopped;
  };

  try {
    let describe = (): object => ({});
    const messages = (): object => ({
      emails: (host.lookUp('ses') as SesService | undefined)?.sentEmails() ?? [],
      texts: (host.lookUp('sns') as SnsService | undefined)?.sentTexts() ?? [],
    });
    const control = createControlApi({ clock, meter, faults, logs, describe: () => describe(), messages });
    endpoint = await startAwsEndpoint({
      port: ports.aws,
      clock,
      log,
      service: (name) => host.lookUp(name),
      checkAccess: (...call) => context.access.checkRequest(...call),
      control,
    });
    // Services name this port in queue URLs and functions' environments, so it is known before any is created.
    ports.aws = endpoint.port;

    for (const create of serviceCatalog) host.add(create(context));
    const [iam, lambda] = [host.get<IamService>('iam'), host.get<LambdaService>('lambda')];
    keepFunctionLogs(lambda, logs, context, host.lookUp('logs'));
    const environment = {
      region: context.region,
      accountId: context.accountId,
      parameters: options.parameters ?? {},
      ssmParameter: (name: string) => host.get<SsmService>('ssm').parameter(name),
    };
    const deployment = await deploy(assembly, host.providers(), environment, iam.note);
    iam.checkServiceRoles();
    await host.start();

    const resources = new ResourceDirectory(deployment.resources);
    const endpoints = describeEndpoints(host, endpoint);
    describe = () => ({ endpoints, outputs: deployment.outputs, resources: resources.all });
    return {
      clock,
      meter,
      faults,
      context,
      endpoints,
      outputs: deployment.outputs,
      resources,
      logs,
      async invoke(functionNamePart, event) {
        const result = await lambda.invoke(resources.functionName(functionNamePart), JSON.stringify(event ?? null));
        return { ...result, payload: JSON.parse(result.payload) };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw explained(error, options.ports);
  }
}

/** What the stop itself cuts off is no news: it is done again after the next start. */
function quietOnce(isStopping: () => boolean, log: Logger): Logger {
  const unlessStopping = (level: 'warn' | 'error') => (message: string, data?: Record<string, unknown>) =>
    log[isStopping() ? 'debug' : level](message, data);
  return { ...log, warn: unlessStopping('warn'), error: unlessStopping('error') };
}

/** A log service that wants to index lines and metrics takes them by `ingest`. */
function keepFunctionLogs(
  lambda: LambdaService,
  logs: LogBuffer,
  { clock, log }: RuntimeContext,
  logService: (AwsService & { ingest?(functionName: string, line: string): void }) | undefined,
): void {
  lambda.onLogLine((functionName, line) => {
    logs.add({ functionName, at: clock.now(), line });
    log.debug(line, { function: functionName });
    logService?.ingest?.(functionName, line);
  });
}

function describeEndpoints(host: ServiceHost, endpoint: AwsEndpoint): PlatformEndpoints {
  const gateway = host.lookUp('execute-api') as (AwsService & { restUrl: string; webSocketUrl: string }) | undefined;
  const iot = host.lookUp('iot') as (AwsService & { mqttUrl: string }) | undefined;
  let webSocketUrl: string | undefined;
  try {
    webSocketUrl = gateway?.webSocketUrl;
  } catch {} // without a WebSocket API there is no such address
  return {
    restUrl: gateway?.restUrl ?? '',
    webSocketUrl,
    mqttUrl: iot?.mqttUrl ?? '',
    awsEndpointUrl: endpoint.url,
  };
}

/** The option of `npm start` that chooses each port. */
const portOptions = { rest: '--port', mqtt: '--mqtt-port', aws: '--aws-port' } as const;

function explained(error: unknown, ports: PlatformOptions['ports']): unknown {
  const port = takenPort(error);
  if (port === undefined) return error;
  const name = (Object.keys(portOptions) as (keyof typeof portOptions)[]).find((key) => ports[key] === port) ?? 'rest';
  const message = `Port ${port} is in use: stop the other program or choose another with ${portOptions[name]}`;
  return new ConfigurationError(message, { cause: error });
}

/** Whoever could not bind a port may have wrapped the error in words of its own. */
function takenPort(error: unknown): number | undefined {
  const { code, port, cause } = (error ?? {}) as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return port;
  return cause === undefined ? undefined : takenPort(cause);
}
