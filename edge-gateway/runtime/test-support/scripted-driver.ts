/** A driver that says and does what a test tells it to, behind the contract every driver has. */
import { ConfigurationError } from '../../../layers/station/configuration-error.ts';
import type { AnyDriverModule } from '../../drivers/registry.ts';
import type { Command, CommandOutcome, DriverSink, LinkState, Sample } from '../driver.ts';

class ScriptedConnection {
  sink: DriverSink | undefined;
  readonly executed: Command[] = [];
  readonly refreshed: string[] = [];
  isStopped = false;
  /** What the device answers. */
  outcome: (command: Command) => CommandOutcome | Promise<CommandOutcome> = () => ({ status: 'executed' });
  readonly settings: Record<string, unknown>;

  constructor(settings: Record<string, unknown>) {
    this.settings = settings;
  }

  say(...samples: Sample[]): void | Promise<void> {
    return this.sink!.samples(samples);
  }

  is(state: LinkState, deviceId?: string): void {
    this.sink!.state({ state, ...(deviceId && { deviceId }), ...(state === 'offline' && { reason: 'scripted' }) });
  }
}

/** @param comesUp whether connections with these settings are online at once */
export function createScriptedDrivers(comesUp: (settings: Record<string, unknown>) => boolean = () => true) {
  /** By the connection's setting `name`, newest last. */
  const connections: ScriptedConnection[] = [];
  const module: AnyDriverModule = {
    protocol: 'dnp3',
    parse(input) {
      for (const { id, address } of input.points)
        if (address === 'wrong')
          throw new ConfigurationError([{ path: `points[${id}].address`, message: 'It is wrong.' }]);
      return { connection: input.connection, devices: new Map(), points: new Map() };
    },
    create(plan) {
      const connection = new ScriptedConnection(plan.connection as Record<string, unknown>);
      connections.push(connection);
      return {
        start(sink) {
          connection.sink = sink;
          if (comesUp(connection.settings)) connection.is('online');
        },
        stop: async () => {
          connection.isStopped = true;
        },
        execute: async (command) => {
          connection.executed.push(command);
          return connection.outcome(command);
        },
        refresh: async (pointIds) => void connection.refreshed.push(...pointIds),
        statistics: () => ({ requests: 1, timeouts: 0, errors: 0, reconnects: 0, bytesIn: 2, bytesOut: 3 }),
      };
    },
  };
  return {
    loadDriver: async () => module,
    connections,
    /** The one that runs. */
    of: (name: string) => connections.findLast(({ settings }) => settings['name'] === name)!,
  };
}
