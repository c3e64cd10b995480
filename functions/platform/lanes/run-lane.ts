/** Works off a lane: one message after the other, and a failing one holds up its own lane and no other. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { recordOutcomes } from '../deliveries/record-outcomes.ts';
import { isCancelled } from '../replays/replay-entity.ts';
import { encodeToken, type LaneItem, type LaneToken, laneItemEntity, lanesQueue } from './lane-entity.ts';
import { type Pause, parkLane, releaseLane, takeLane } from './lane-lease.ts';
import { type LaneRun, sendInOrder } from './send-in-order.ts';

/** A request of 30 s begun at the end of this fits into the function's 60 s. */
const runMs = 20_000;
const itemsPerRead = 25;

export async function runLane(token: LaneToken): Promise<void> {
  const nowMs = Date.now();
  if ((token.dueAtMs ?? 0) > nowMs) return sendMessages(lanesQueue, [encodeToken(token, nowMs)]);
  const session = openSession(token.tenantId);
  const key = { webhookId: token.webhookId, lane: token.lane };
  const lease = await takeLane(session, key);
  if (lease === undefined) return;
  const run: LaneRun = { session, lease, observations: [], endMs: nowMs + runMs };
  const park = async (pause?: Pause): Promise<void> => {
    const { dueAtMs: _, ...rest } = token;
    const next = pause === undefined ? rest : { ...rest, dueAtMs: pause.untilMs };
    // The token first: a lane that waits without one would wait for ever.
    await sendMessages(lanesQueue, [encodeToken(next, Date.now())]);
    await parkLane(session, key, lease, pause);
  };
  try {
    for (;;) {
      const items = await readHead(session, token);
      if (items.length === 0) {
        const bell = await releaseLane(session, key, lease);
        if (bell === undefined) return;
        lease.bell = bell;
        continue;
      }
      const pause = (await isCancelled(session, token.lane))
        ? await drop(session, items)
        : await sendInOrder(run, items);
      if (pause !== undefined || Date.now() >= run.endMs) return await park(pause);
    }
  } finally {
    await recordOutcomes(session, run.observations);
  }
}

async function readHead(session: TenantSession, { webhookId, lane }: LaneToken): Promise<LaneItem[]> {
  const { items } = await session.query<LaneItem>(laneItemEntity, {
    pk: ['LANE', webhookId, lane],
    beginsWith: ['ITEM', ''],
    limit: itemsPerRead,
    consistent: true,
  });
  return items;
}

async function drop(session: TenantSession, items: readonly LaneItem[]): Promise<undefined> {
  await writeMany(items.map((item) => deleteStep(session, laneItemEntity, item)));
}
