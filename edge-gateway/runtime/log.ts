/** Log lines as JSON, one a line on standard output: what systemd, containers and Greengrass collect. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string, details?: Record<string, unknown>) => void;

const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export function createLog(least: LogLevel, write: (line: string) => void): Log {
  return (level, message, details) => {
    if (ranks[level] < ranks[least]) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details }, plain)}\n`);
  };
}

/** Errors and 64-bit numbers are not what JSON expects. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error)
    return { name: value.name, message: value.message, ...('code' in value && { code: value.code }) };
  return value;
}
