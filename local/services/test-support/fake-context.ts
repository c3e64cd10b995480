/**
 * A runtime context for unit tests of services: virtual time that moves only when turned,
 * deliveries kept in a list, log lines kept in a list, everything else real.
 */
import { CostMeter } from '../../runtime/cost-meter.ts';
import { FaultInjector } from '../../runtime/faults.ts';
import { openAccess } from '../../runtime/open-access.ts';
import type {
  AwsService,
  Clock,
  ClockTimer,
  CreatedResource,
  DeclaredResource,
  RuntimeContext,
  TargetDelivery,
  TargetRequest,
} from '../../runtime/types.ts';

export interface FakeContext extends RuntimeContext {
  readonly clock: VirtualClock;
  readonly deliveries: TargetRequest[];
  readonly logLines: { level: string; message: string; fields?: Record<string, unknown> }[];
  /** Makes a service findable by its signing name and aliases. */
  add<T extends AwsService>(service: T): T;
  /** Targets whose ARN contains this text refuse deliveries. */
  refuseTargets(arnPart: string): void;
}

export function createFakeContext(options: { dataDir?: string; startTime?: number } = {}): FakeContext {
  const services = new Map<string, AwsService>();
  const deliveries: TargetRequest[] = [];
  const logLines: FakeContext['logLines'] = [];
  const refused: string[] = [];
  const routes = new Map<string, TargetDelivery>();
  const logAt = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    logLines.push(fields === undefined ? { level, message } : { level, message, fields });
  };
  return {
    clock: new VirtualClock(options.startTime ?? Date.UTC(2026, 0, 1)),
    log: { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
    meter: new CostMeter(),
    faults: new FaultInjector(),
    dataDir: options.dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
    ports: { rest: 0, mqtt: 0, aws: 0 },
    access: openAccess,
    service: <T extends AwsService>(name: string): T => {
      const service = services.get(name);
      if (service === undefined) throw new Error(`No service "${name}" in this test.`);
      return service as T;
    },
    targets: {
      register: (service, deliver) => void routes.set(service, deliver),
      deliver: async (request) => {
        if (refused.some((part) => request.arn.includes(part))) throw new Error(`Refused: ${request.arn}`);
        const deliver = routes.get(request.arn.split(':')[2] ?? '');
        if (deliver !== undefined) await deliver(request);
        deliveries.push(request);
      },
    },
    deliveries,
    logLines,
    add: (service) => {
      for (const name of [service.signingName, ...(service.signingAliases ?? [])]) services.set(name, service);
      return service;
    },
    refuseTargets: (arnPart) => void refused.push(arnPart),
  };
}

/** Creates a resource as the runtime would. */
export async function createResource(
  service: AwsService,
  type: string,
  logicalId: string,
  properties: Record<string, any>,
): Promise<CreatedResource> {
  const provider = service.resources[type];
  if (provider === undefined) throw new Error(`${service.signingName} does not know ${type}`);
  const resource: DeclaredResource = {
    logicalId,
    stackName: 'test',
    type,
    properties,
    metadata: {},
    defaultName: `test-${logicalId}`,
  };
  return await provider(resource);
}

/** Time that stands still until it is turned; due timers fire in order. */
class VirtualClock implements Clock {
  readonly offset = new SharedArrayBuffer(8);
  #now: number;
  #timers: { at: number; callback: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): ClockTimer {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.setTimer(delayMs, resolve);
      signal?.addEventListener('abort', () => {
        timer.cancel();
        reject(signal.reason);
      });
    });
  }

  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }

  leap(byMs: number): void {
    this.#now += byMs;
    this.advance(0);
  }

  /** How many timers wait, for tests that nothing is left behind. */
  get pending(): number {
    return this.#timers.length;
  }
}
