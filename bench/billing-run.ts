/** One billing run over a base, worked off by functions in another process as many at a time as asked for. */
import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { runPartEntity } from '../functions/billing/runs/run-entity.ts';
import { billingQueue, startRun } from '../functions/billing/runs/start-run.ts';
import type { TenantSession } from '../layers/kernel/data/session.ts';
import { april } from './billing-base.ts';
import type { Invocation } from './billing-child.ts';
import type { BillingStore } from './billing-store.ts';

export interface BillingMeasurement {
  invoices: number;
  seconds: number;
  /** CPU of the process of functions, and what Lambda would bill for running, milliseconds. */
  cpuMs: number;
  durationMs: number;
  invocations: number;
}

export interface RunOptions {
  /** Invocations at a time. */
  atOnce: number;
  /** Stops after so many invocations: a part of a large base. @default all */
  invocations?: number;
}

export async function measureRun(
  store: BillingStore,
  session: TenantSession,
  { atOnce, invocations: most = Number.POSITIVE_INFINITY }: RunOptions,
): Promise<BillingMeasurement> {
  const worker = await startWorker(store);
  try {
    const run = await startRun(session, { period: april, mayEstimate: false, issueDate: '2026-05-02', dueDays: 15 });
    store.reset();
    const queue = store.sqs.queue(billingQueue);
    const startedMs = performance.now();
    let [invocations, durationMs, cpuUs, running] = [0, 0, 0, 0];
    const work = async (): Promise<void> => {
      while (invocations < most) {
        const [message] = queue.receive(1);
        // Another lane may still hand on a page.
        if (message === undefined && running === 0) return;
        if (message === undefined) {
          await new Promise((done) => setTimeout(done, 1));
          continue;
        }
        running++;
        invocations++;
        const made = await worker.invoke(message.body);
        queue.delete([message.receiptHandle!]);
        running--;
        durationMs += made.durationMs;
        cpuUs = Math.max(cpuUs, made.cpuUs);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const seconds = (performance.now() - startedMs) / 1000;
    const parts = await Promise.all(
      Array.from({ length: run.parts }, (_, part) => session.require(runPartEntity, { runId: run.id, part })),
    );
    const sum = (of: 'invoices' | 'problems'): number => parts.reduce((all, part) => all + part[of], 0);
    if (sum('problems') > 0) throw new Error('Customers of the benchmark could not be billed.');
    return { invoices: sum('invoices'), seconds, cpuMs: cpuUs / 1000 - worker.startCpuMs, durationMs, invocations };
  } finally {
    // Of a part of a base: its next pages belong to no other measurement.
    store.sqs.queue(billingQueue).purge();
    worker.stop();
  }
}

interface Worker {
  startCpuMs: number;
  invoke(body: string): Promise<Invocation>;
  stop(): void;
}

async function startWorker(store: BillingStore): Promise<Worker> {
  const waiting = new Map<number, { done(made: Invocation): void; fail(error: Error): void }>();
  const child: ChildProcess = fork(resolve('bench/billing-child.ts'), {
    env: { ...process.env, ...store.environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = (id: number) => new Promise<Invocation>((done, fail) => waiting.set(id, { done, fail }));
  child.on('message', ({ id, ...made }: Invocation & { id: number }) => waiting.get(id)?.done(made));
  child.once('exit', (code) => {
    if (code) for (const { fail } of waiting.values()) fail(new Error(`The measured process ended with ${code}.`));
  });
  const { cpuUs } = await answer(-1);
  let next = 0;
  return {
    startCpuMs: cpuUs / 1000,
    invoke(body) {
      const id = next++;
      const made = answer(id);
      child.send({ id, body });
      return made.finally(() => waiting.delete(id));
    },
    stop: () => void child.kill(),
  };
}
