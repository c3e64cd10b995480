/**
 * All of billing at once for tests of flows that cross it: events of the outbox reach whoever listens by the manifest, queues are
 * worked off, and what breaks comes again, as EventBridge, SQS and a caller with an `Idempotency-Key` would do it.
 */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import type { HandlerAnswer, HttpHandler } from '../../../test/support/call-handler.ts';
import { makeEvent } from '../../platform/test-support/fixtures.ts';
import { billing } from '../domain.ts';
import type { BillingStack, CallOptions } from './billing-stack.ts';
import type { CallWatch } from './watch-calls.ts';

type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export type WholeBilling = ReturnType<typeof wholeBilling>;

/** A message goes to the dead letters after so many deliveries, and a caller gives up. */
const maxTries = 5;
/** How long SQS hides a message that is being worked on: six times what a function may take. */
const hiddenMs = 6 * 60_000;
const outboxes = ['billing', 'metering'];
/** What hears of events, and what works off queues, by the manifest. */
const listeners = billing.subscribers!.map(({ name, events, entry }) => ({ name, events, entry }));
const workers = [...billing.consumers!, ...billing.subscribers!.filter(({ queue }) => queue !== undefined)].map(
  ({ name, entry, queue }) => ({ name, entry, queue: queue!.name }),
);

export function wholeBilling(
  stack: BillingStack,
  watch: CallWatch,
  { without = [] }: { without?: readonly string[] } = {},
) {
  const handlers = new Map<string, Promise<{ handler: QueueHandler }>>();
  let brought = new Set<string>();
  /** What was there before the flow. */
  let old = new Set<string>();
  let keys = 0;
  /** The piece of work that is under way, once more. */
  let again: () => Promise<unknown> = async () => undefined;
  let [isTwinUnhandled, isNewestFirst] = [false, false];
  const isHere = ({ name }: { name: string }) => !without.includes(name);
  const load = (entry: string) => {
    if (!handlers.has(entry)) handlers.set(entry, import(/* @vite-ignore */ `../../../${entry}`));
    return handlers.get(entry)!;
  };

  /** Until it is handled, by the one who came in between too. */
  async function deliver(entry: string, body: string): Promise<void> {
    const { handler } = await load(entry);
    const once = async (): Promise<boolean> => {
      const record = { messageId: 'm', body, attributes: { ApproximateReceiveCount: '1' } };
      const outcome = await handler({ Records: [record] } as unknown as SQSEvent).catch(() => undefined);
      watch.revive();
      return outcome?.batchItemFailures.length === 0;
    };
    for (let tries = 1; tries <= maxTries; tries++) {
      isTwinUnhandled = false;
      again = async () => {
        isTwinUnhandled = !(await once());
      };
      if ((await once()) && !isTwinUnhandled) return;
      stack.advance(hiddenMs);
    }
    throw new Error(`It went to the dead letters: ${entry} ${body}`);
  }

  function freshEvents() {
    const items = outboxes
      .flatMap((table) => stack.tables.scan(table))
      .filter((item) => item['_type']?.S === 'outbox' && !brought.has(item['id'].S))
      .sort((a, b) => (a['id'].S < b['id'].S ? -1 : 1));
    return isNewestFirst ? items.reverse() : items;
  }

  async function bringEvents(): Promise<boolean> {
    const fresh = freshEvents();
    for (const item of fresh) {
      brought.add(item['id'].S);
      await bring(Object.fromEntries(Object.entries(item).map(([name, value]: any) => [name, value.S ?? value.N])));
    }
    return fresh.length > 0;
  }

  async function bring(detail: Record<string, unknown>): Promise<void> {
    for (const { events, entry } of listeners.filter(isHere))
      if (events.includes(detail['type'] as string)) await deliver(entry, JSON.stringify({ detail }));
  }

  async function workQueues(seconds: number): Promise<boolean> {
    let hasWorked = false;
    for (const [i, { queue, entry }] of workers.filter(isHere).entries())
      await stack.workOff(
        queue,
        async (body) => {
          hasWorked = true;
          await deliver(entry, body);
        },
        // One clock for all of them.
        { seconds: i === 0 ? seconds : 0 },
      );
    return hasWorked;
  }

  return {
    /** Asks as a caller does who has no answer, or one that says to ask again: with the same key. */
    async ask(
      tenant: string,
      handler: HttpHandler,
      method: string,
      path: string,
      options: CallOptions = {},
    ): Promise<HandlerAnswer> {
      const headers = { 'idempotency-key': `key-${++keys}` };
      for (let tries = 1; ; tries++) {
        const once = () => stack.call(tenant, handler, method, path, { ...options, headers }).catch(() => undefined);
        again = once;
        const answer = await once();
        watch.revive();
        const isOpen = answer === undefined || answer.status >= 500 || answer.body?.code === 'idempotency_in_progress';
        if (answer !== undefined && !isOpen) return answer;
        if (tries === maxTries) throw new Error(`Nobody answers ${method} ${path}: ${answer?.text}`);
        stack.advance(61_000);
      }
    },
    /** What another domain tells. */
    bringFrom: (source: string, type: string, tenantId: string, payload: object): Promise<void> =>
      bring({ ...toBusDetail(makeEvent({ source, type, tenantId, payload: payload as never })) }),
    /** Does what a schedule does, which comes round again. */
    async insist(work: () => Promise<unknown>): Promise<void> {
      again = () => work().catch(() => undefined);
      for (let tries = 1; ; tries++) {
        const isDone = await work().then(
          () => true,
          () => false,
        );
        watch.revive();
        if (isDone) return;
        if (tries === maxTries) throw new Error('A schedule never gets through.');
      }
    },
    /** Until nothing follows any more, for so many seconds. */
    async calmDown(seconds = 0): Promise<void> {
      for (const until = Date.now() + seconds * 1000; ; ) {
        while ((await bringEvents()) || (await workQueues(0)));
        if (Date.now() >= until) return;
        await workQueues(60);
      }
    },
    /** Does the piece of work that is under way once more. */
    doAgain: (): Promise<unknown> => again(),
    /** Events come in the order they were written in, or the other way round. */
    bringNewestFirst(is: boolean): void {
      isNewestFirst = is;
    },
    /** Takes what is in the outbox by now as brought, and nothing else. */
    forgetEvents(): void {
      brought = new Set();
      for (const item of freshEvents()) brought.add(item['id'].S);
      old = new Set(brought);
    },
    /** How often something was told since, by its type. */
    countEvents(): Record<string, number> {
      brought = old;
      const counts: Record<string, number> = {};
      for (const { type } of freshEvents()) counts[type.S] = (counts[type.S] ?? 0) + 1;
      return counts;
    },
  };
}
