/** Works a queue off by its consumer in another process, as many messages at a time as asked for. */
import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import type { BillingStore } from './billing-store.ts';
import type { Invocation } from './consumer-child.ts';

export interface QueueWork {
  seconds: number;
  /** CPU of the consumer's process, and what Lambda would bill for running, milliseconds. */
  cpuMs: number;
  durationMs: number;
  invocations: number;
}

export interface WorkOptions {
  queue: string;
  /** Module of the consumer, from the repository root. */
  entry: string;
  /** Invocations at a time. */
  atOnce: number;
  /** Stops after so many invocations: a part of a large base. @default all */
  invocations?: number;
  /** Whether messages that are left then belong to the next measurement. @default false */
  keepsRest?: boolean;
}

export async function workOff(
  store: BillingStore,
  { queue: name, entry, atOnce, invocations: most = Number.POSITIVE_INFINITY, keepsRest = false }: WorkOptions,
): Promise<QueueWork> {
  const worker = await startWorker(store, entry);
  const queue = store.sqs.queue(name);
  try {
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
    return { seconds, cpuMs: cpuUs / 1000 - worker.startCpuMs, durationMs, invocations };
  } finally {
    // Of a part of a base: its next pages belong to no other measurement.
    if (!keepsRest) queue.purge();
    worker.stop();
  }
}

interface Worker {
  startCpuMs: number;
  invoke(body: string): Promise<Invocation>;
  stop(): void;
}

async function startWorker(store: BillingStore, entry: string): Promise<Worker> {
  const waiting = new Map<number, { done(made: Invocation): void; fail(error: Error): void }>();
  const child: ChildProcess = fork(resolve('bench/consumer-child.ts'), [resolve(entry)], {
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
