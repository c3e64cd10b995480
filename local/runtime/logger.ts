/** Writes the runtime's own messages to the terminal, one line each. */
import type { Logger } from './types.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const levels: LogLevel[] = ['debug', 'info', 'warn', 'error'];

export function createTerminalLogger(lowest: LogLevel, write: (line: string) => void = writeToStderr): Logger {
  const at = (level: LogLevel) =>
    levels.indexOf(level) < levels.indexOf(lowest)
      ? () => {}
      : (message: string, fields: Record<string, unknown> = {}) =>
          write(`${level.padEnd(5)} ${message}${asText(fields)}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function asText(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
