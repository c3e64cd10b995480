/** Everything a process writes while a test looks: its streams, its console and the logger at its most talkative. */
import { vi } from 'vitest';
import { logger } from '../../../layers/kernel/observability/logger.ts';

export interface CapturedOutput {
  readonly lines: string[];
  restore(): void;
}

export function captureOutput(): CapturedOutput {
  const lines: string[] = [];
  const take = (chunk: unknown): boolean => {
    lines.push(String(chunk));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation(take),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void take(args.join(' '))),
    ),
  ];
  logger.setLogLevel('DEBUG');
  return {
    lines,
    restore() {
      for (const spy of spies) spy.mockRestore();
      logger.setLogLevel('SILENT');
    },
  };
}
