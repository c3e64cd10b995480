/**
 * Remembers that readings of a meter reach back, and has it looked at once their window has passed. The wait does two
 * things: what comes together makes one note, and a billing run that had read the meter's readings before has ended by
 * then, so that its invoice is found.
 */
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { lateReadingsEntity, readCorrectionSettings } from './correction-entity.ts';
import type { CorrectionCause } from './correction-schema.ts';

export const correctionQueue = 'corrections';

export interface CorrectionMessage {
  tenantId: string;
  meterId: string;
}

export interface LateRange {
  meterId: string;
  /** First and last time, milliseconds. */
  fromMs: number;
  toMs: number;
  cause: CorrectionCause;
}

/** A row is worked on soon after its window. What still gathers a day later has lost its message: queues keep one four days. */
const longestWaitMs = 86_400_000;

export async function noteLateReadings(session: TenantSession, ranges: readonly LateRange[]): Promise<void> {
  if (ranges.length === 0) return;
  const { mode, windowMinutes } = await readCorrectionSettings(session);
  if (mode === 'off') return;
  // A request that has bills looked at does so before it takes effect.
  for (const range of ranges) await noteOne(session.beforehand(), range, windowMinutes * 60);
}

function noteOne(
  session: TenantSession,
  { meterId, fromMs, toMs, cause }: LateRange,
  delaySeconds: number,
): Promise<void> {
  return retryOnChangeOrMade(async () => {
    const gathered = await session.get(lateReadingsEntity, { meterId }, { consistent: true });
    if (gathered === undefined) {
      // The message first: a row without one would gather for ever, a message without a row does nothing.
      await orderCorrection(session, meterId, delaySeconds);
      await session.transact('billing', (unit) =>
        unit.create(lateReadingsEntity, { meterId, fromMs, toMs, causes: [cause] }),
      );
      return;
    }
    const now = session.context.now();
    const isForgotten = Date.parse(now) - Date.parse(gathered.orderedAt ?? gathered.createdAt) > longestWaitMs;
    if (isForgotten) await orderCorrection(session, meterId, delaySeconds);
    // Written also when it says nothing new: who is working on the row sees that more has come.
    const changes = {
      ...(isForgotten ? { orderedAt: now } : {}),
      fromMs: Math.min(gathered.fromMs, fromMs),
      toMs: Math.max(gathered.toMs, toMs),
      causes: [...new Set([...gathered.causes, cause])],
      doneBefore: null,
    };
    await session.transact('billing', (unit) =>
      unit.update(lateReadingsEntity, gathered, changes, { isAudited: false }),
    );
  });
}

export const orderCorrection = ({ tenantId }: TenantSession, meterId: string, delaySeconds: number): Promise<void> =>
  sendMessages(correctionQueue, [
    { body: JSON.stringify({ tenantId, meterId } satisfies CorrectionMessage), delaySeconds },
  ]);
