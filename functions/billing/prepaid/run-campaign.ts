/**
 * Walks the meters of a campaign, a page for a message, and asks for a key change of each. The token's id follows from campaign
 * and meter, and a meter whose new key is on its way is passed over, so it is asked for once however often a page is worked off.
 */

import type * as z from 'zod/mini';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { unlessChanged } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { moveOn, nextStep, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import {
  type Campaign,
  type CampaignPart,
  campaignEntity,
  type campaignInput,
  campaignPartEntity,
  campaignVendId,
} from './campaign-entity.ts';
import { noteCampaign } from './campaign-progress.ts';
import { engineeringVend } from './request-token.ts';
import { writeVend } from './request-vend.ts';
import { rollOverAt } from './sts-numbers.ts';
import { vendEntity } from './vend-entity.ts';
import { orderVend } from './vend-queue.ts';
import { type VendingMeter, vendingMeterEntity, vendingMeterPartitions } from './vending-meter.ts';

export const campaignQueue = 'key-change-campaigns';
const pageSize = 25;

export interface CampaignMessage {
  tenantId: string;
  campaignId: string;
  part: number;
  page: number;
}

/** @throws AppError `unprocessable` when the new base date is not a later one */
export async function startCampaign(
  session: TenantSession,
  order: z.infer<typeof campaignInput>,
  startedBy: string,
): Promise<Campaign & Stored> {
  if (order.toBaseDate <= order.fromBaseDate)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The new base date is later than the old one.', ar: 'تاريخ الأساس الجديد بعد القديم.' },
    });
  const id = newId('kcc');
  const stored = await session.transact('billing', (unit) => {
    for (const part of vendingMeterPartitions.keys())
      unit.put(campaignPartEntity, { campaignId: id, part, page: 0, done: false });
    return unit.create(campaignEntity, {
      ...order,
      id,
      status: 'running',
      rollOverAt: new Date(rollOverAt(order.fromBaseDate)).toISOString(),
      startedBy,
    });
  });
  await orderParts(session, id);
  return stored;
}

/** A message for each part that is not through. */
export async function orderParts(session: TenantSession, campaignId: string): Promise<void> {
  const parts = await Promise.all(
    vendingMeterPartitions.map((_, part) => session.require(campaignPartEntity, { campaignId, part })),
  );
  await sendMessages(
    campaignQueue,
    parts.filter(({ done }) => !done).map((part) => messageOf(session, part)),
  );
}

const messageOf = ({ tenantId }: TenantSession, { campaignId, part, page }: CampaignPart) => ({
  body: JSON.stringify({ tenantId, campaignId, part, page } satisfies CampaignMessage),
});

export async function campaignPage(
  { tenantId, campaignId, part, page }: CampaignMessage,
  limit = pageSize,
): Promise<void> {
  const session = openSession(tenantId);
  const [campaign, progress] = await Promise.all([
    session.require(campaignEntity, { id: campaignId }),
    session.require(campaignPartEntity, { campaignId, part }),
  ]);
  if (campaign.status !== 'running') return;
  const next = await nextStep<CampaignPart>(progress, page, () => workOff(session, campaign, progress, limit));
  // Also where a message comes again: the worker that did the last page may have died before the campaign was ended.
  if (next === undefined) return finish(session, campaignId);
  const { row, delaySeconds } = next;
  await sendMessages(campaignQueue, [{ ...messageOf(session, row), delaySeconds }]);
}

async function workOff(
  session: TenantSession,
  campaign: Campaign,
  progress: CampaignPart & Stored,
  limit: number,
): Promise<Step<CampaignPart>> {
  const { items, nextCursor } = await session.query<VendingMeter & Stored>(vendingMeterEntity, {
    index: 'gsi1',
    pk: vendingMeterPartitions[progress.part]!,
    beginsWith: [String(campaign.fromBaseDate), ''],
    limit,
    cursor: progress.cursor,
  });
  for (const { meterId } of items) await askFor(session, campaign, meterId);
  const changes = { page: progress.page + 1, cursor: nextCursor, done: nextCursor === null };
  return moveOn<CampaignPart>(
    () =>
      session.transact('billing', (unit) =>
        unit.update(campaignPartEntity, progress, changes as Partial<CampaignPart>, { isAudited: false }),
      ),
    () => session.require(campaignPartEntity, progress),
  );
}

async function askFor(session: TenantSession, campaign: Campaign, meterId: string): Promise<void> {
  const id = campaignVendId(campaign.id, meterId);
  const [known, meter] = await Promise.all([
    session.get(vendEntity, { id }, { consistent: true }),
    session.get(vendingMeterEntity, { meterId }, { consistent: true }),
  ]);
  if (known === undefined) {
    if (meter === undefined || meter.pendingKey !== undefined || meter.baseDate !== campaign.fromBaseDate) return;
    const { supplyGroupCode, tariffIndex } = { ...meter, ...withoutUndefined(campaign) };
    const vend = await engineeringVend(session, {
      id,
      kind: 'key_change',
      status: 'requested',
      meterId,
      meterNumber: meter.meterNumber,
      campaignId: campaign.id,
      order: { supplyGroupCode, tariffIndex, keyRevision: campaign.keyRevision, baseDate: campaign.toBaseDate },
      reason: campaign.name,
      requestedBy: campaign.startedBy,
    });
    try {
      await session.transact('billing', (unit) => {
        writeVend(unit, vend);
        noteCampaign(unit, { campaignId: campaign.id, meterId, vendId: id, status: 'requested' });
      });
    } catch (error) {
      if (!(isAppError(error) && error.code === 'already_exists')) throw error;
    }
  }
  await orderVend(session, id);
}

const withoutUndefined = ({ supplyGroupCode, tariffIndex }: Campaign) => ({
  ...(supplyGroupCode === undefined ? {} : { supplyGroupCode }),
  ...(tariffIndex === undefined ? {} : { tariffIndex }),
});

/** Over when every part is; tokens and confirmations may still be on their way. */
async function finish(session: TenantSession, campaignId: string): Promise<void> {
  const [campaign, ...parts] = await Promise.all([
    session.require(campaignEntity, { id: campaignId }),
    ...vendingMeterPartitions.map((_, part) => session.require(campaignPartEntity, { campaignId, part })),
  ]);
  if (campaign.status !== 'running' || !parts.every(({ done }) => done)) return;
  await unlessChanged(() =>
    session.transact('billing', (unit) => unit.update(campaignEntity, campaign, { status: 'done' })),
  );
}
