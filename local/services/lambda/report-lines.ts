/**
 * The lines Lambda itself writes to a function's log about an invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
import type { FunctionConfig } from './function-config.ts';
import type { RunOutcome } from './function-worker.ts';

export function reportLines(
  { logFormat, systemLogLevel, memoryMb }: FunctionConfig,
  requestId: string,
  { failed, durationMs }: RunOutcome,
  billedMs: number,
  initMs: number | undefined,
  now: number,
): string[] {
  if (logFormat === 'JSON') {
    // The report is a line of level INFO.
    if (systemLogLevel === 'WARN') return [];
    const metrics = {
      durationMs: round(durationMs),
      billedDurationMs: billedMs,
      memorySizeMB: memoryMb,
      ...(initMs !== undefined && { initDurationMs: round(initMs) }),
    };
    const record = { requestId, metrics, status: failed ? 'error' : 'success' };
    return [JSON.stringify({ time: new Date(now).toISOString(), type: 'platform.report', record })];
  }
  const init = initMs === undefined ? '' : `\tInit Duration: ${round(initMs)} ms`;
  const report = `REPORT RequestId: ${requestId}\tDuration: ${round(durationMs)} ms\tBilled Duration: ${billedMs} ms`;
  return [`${report}\tMemory Size: ${memoryMb} MB${init}`];
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
