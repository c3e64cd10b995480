/** The measured process of the benchmark of bank files: what the consumer of the queue does with a message. */
import { importPage } from '../functions/billing/bank-imports/import-page.ts';

/** What one invocation took, and the most memory the process has held so far. */
export interface Read {
  durationMs: number;
  /** Of the whole process since it began, microseconds. */
  cpuUs: number;
  peakMb: number;
}

process.on('message', async ({ body, pages }: { body: string; pages?: number }) => {
  const startedMs = performance.now();
  await importPage(JSON.parse(body), pages === undefined ? {} : { pages });
  process.send!(read(performance.now() - startedMs));
});
process.send!(read(0));

function read(durationMs: number): Read {
  const { user, system } = process.cpuUsage();
  return { durationMs, cpuUs: user + system, peakMb: process.resourceUsage().maxRSS / 1024 };
}
