/**
 * Takes a token as far as it can go: from waiting over pricing and the vendor to its end. It may be called at any time, by any
 * number of workers, and after a crash at any point; each step is taken once.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { askReversal } from './ask-reversal.ts';
import { askVendor } from './ask-vendor.ts';
import { failVend } from './end-vend.ts';
import { openVend } from './open-vend.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';
import { delayAfter, orderVend } from './vend-queue.ts';

const maxSteps = 8;
const moved = ['version_conflict', 'already_exists', 'unavailable'];

/** @throws AppError `not_found`; whatever keeps it from being gone on with now, after which the queue brings it again */
export async function advanceVend(session: TenantSession, id: string): Promise<VendRow> {
  for (let step = 0; step < maxSteps; step++) {
    const vend = (await session.require(vendEntity, { id })) as VendRow;
    try {
      const outcome = await takeStep(session, vend);
      if (outcome === 'again') continue;
      if (outcome !== 'ended') await orderVend(session, id, outcome.afterSeconds);
      return (await session.require(vendEntity, { id })) as VendRow;
    } catch (error) {
      if (isAppError(error) && moved.includes(error.code)) {
        await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** step * Math.random()));
        continue;
      }
      if (!isAppError(error) || error.code !== 'idempotency_in_progress') throw error;
      // Another worker is asking the vendor; should it die, it is asked again when its time is over.
      await orderVend(session, id, 60);
      return vend;
    }
  }
  throw new AppError('unavailable', 'It is being changed by others.');
}

type Outcome = 'again' | 'ended' | { afterSeconds: number };

async function takeStep(session: TenantSession, vend: VendRow): Promise<Outcome> {
  switch (vend.status) {
    case 'requested':
      return start(session, vend);
    case 'vending':
    case 'unknown':
      return whatNext(await askVendor(session, vend));
    case 'reversing':
      return whatNext(await askReversal(session, vend));
    default:
      return 'ended';
  }
}

const whatNext = ({ status, attempts }: VendRow): Outcome =>
  status === 'vending' || status === 'unknown' || status === 'reversing'
    ? { afterSeconds: delayAfter(attempts) }
    : 'ended';

async function start(session: TenantSession, vend: VendRow): Promise<Outcome> {
  if (vend.kind !== 'credit' && vend.kind !== 'free_units') {
    await session.transact('billing', (unit) => unit.update(vendEntity, vend, { status: 'vending' }));
    return 'again';
  }
  try {
    return (await openVend(session, vend)) === undefined ? { afterSeconds: 15 } : 'again';
  } catch (error) {
    // It cannot be sold, and will not be: the money is the customer's.
    if (!isAppError(error) || (error.code !== 'unprocessable' && error.code !== 'not_found')) throw error;
    await failVend(session, vend, error.message);
    return 'ended';
  }
}
