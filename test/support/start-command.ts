/** Runs `npm start`'s program as a person would: its own process, its own data folder, its output to read. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './mizan.ts';

export interface Endpoints {
  restUrl: string;
  webSocketUrl: string;
  mqttUrl: string;
  awsEndpointUrl: string;
  tenantId: string;
  email: string;
  password: string;
  apiKey: string;
  stationId: string;
  meterIds: string[];
  /** Control of the simulated providers. */
  providersUrl: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartCommand {
  readonly process: ChildProcess;
  /** Everything it wrote so far. */
  output(): string;
  /** Resolves with what `endpoints.json` says once the program says that it is ready; rejects when it ends before. */
  ready(timeoutMs?: number): Promise<Endpoints>;
  exited: Promise<Exit>;
}

/** @param options as on the command line, beside the data folder */
export function runStart(dataDir: string, ...options: string[]): StartCommand {
  const child = spawn(process.execPath, ['local/start.ts', '--data', dataDir, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  let exit: Exit | undefined;
  // `close` and not `exit`: by then everything it wrote has been read.
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      exit = { code, signal };
      resolve(exit);
    });
  });
  return {
    process: child,
    output: () => text,
    exited,
    async ready(timeoutMs = 170_000) {
      await eventually(
        async () => text,
        (written) => {
          if (exit) throw new Error(`It ended with ${JSON.stringify(exit)}: ${text}`);
          return written.includes('Ready in');
        },
        timeoutMs,
      );
      return JSON.parse(readFileSync(join(dataDir, 'endpoints.json'), 'utf8')) as Endpoints;
    },
  };
}

/** Any free port for each. */
export const freePorts = ['--port', '0', '--mqtt-port', '0', '--aws-port', '0', '--providers-port', '0'];
