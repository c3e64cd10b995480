/** The command line of `npm start`, checked before anything starts. */
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../runtime/types.ts';

export interface StartOptions {
  fresh: boolean;
  simulator: boolean;
  /** Whether a station with simulated field devices and its gateway is started. */
  station: boolean;
  /** Whether the simulated providers of messages, payments and tokens are started. */
  providers: boolean;
  /** Of their HTTP and control; mail is on the next port and MQTT on the one after. */
  providersPort: number;
  restPort: number;
  mqttPort: number;
  awsPort: number;
  /** Size of the demo fleet. */
  meters: number;
  /** Simulated seconds per real second while history is played. */
  speedUp: number;
  /** Seconds between two readings of one meter. */
  intervalSeconds: number;
  /** Where state is kept. */
  dataDir: string;
  help: boolean;
}

export const usage = `npm start -- [options]

  --fresh              forget everything kept from earlier runs
  --port N             REST, documentation, WebSocket and start page  (3002)
  --mqtt-port N        MQTT broker                                    (1883)
  --aws-port N         endpoint for the AWS SDK and CLI               (4566)
  --providers-port N   simulated providers; mail N+1, their MQTT N+2  (4600)
  --no-providers       without them, and without the demo's integrations
  --no-simulator       leave the demo fleet quiet
  --no-station         without the simulated station and its gateway
  --meters N           size of the demo fleet                         (24)
  --interval SECONDS   between two readings of one meter              (5)
  --speed-up N         pace at which the first start's history plays  (3600)
  --data DIR           where state is kept                            (.local)
`;

/** @throws ConfigurationError in one sentence */
export function parseOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  return {
    fresh: values.fresh ?? false,
    simulator: !(values['no-simulator'] ?? false),
    station: !(values['no-station'] ?? false),
    providers: !(values['no-providers'] ?? false),
    providersPort: integer('--providers-port', values['providers-port'], 4600, 0, 65_533),
    restPort: integer('--port', values.port, 3002, 0, 65_535),
    mqttPort: integer('--mqtt-port', values['mqtt-port'], 1883, 0, 65_535),
    awsPort: integer('--aws-port', values['aws-port'], 4566, 0, 65_535),
    meters: integer('--meters', values.meters, 24, 1, 10_000),
    speedUp: integer('--speed-up', values['speed-up'], 3600, 1, 100_000),
    intervalSeconds: integer('--interval', values.interval, 5, 1, 3600),
    dataDir: values.data ?? '.local',
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        fresh: { type: 'boolean' },
        'no-simulator': { type: 'boolean' },
        'no-station': { type: 'boolean' },
        'no-providers': { type: 'boolean' },
        'providers-port': { type: 'string' },
        port: { type: 'string' },
        'mqtt-port': { type: 'string' },
        'aws-port': { type: 'string' },
        meters: { type: 'string' },
        'speed-up': { type: 'string' },
        interval: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('.')[0]}. See npm start -- --help.`);
  }
}

function integer(option: string, text: string | undefined, fallback: number, minimum: number, maximum: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new ConfigurationError(`${option} takes a whole number from ${minimum} to ${maximum}, not "${text}".`);
  }
  return value;
}
