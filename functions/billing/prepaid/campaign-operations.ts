/** What can be done with key change campaigns. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { personBehind } from '../../identity/contract.ts';
import {
  type Campaign,
  type CampaignMeter,
  campaignCountsEntity,
  campaignEntity,
  campaignMeterEntity,
} from './campaign-entity.ts';
import type { keyCampaigns } from './campaign-routes.ts';
import { orderParts, startCampaign } from './run-campaign.ts';

export const campaignOperations: Operations<typeof keyCampaigns.routes> = {
  listKeyCampaigns: async ({ session, page }) => {
    const { items, nextCursor } = await session.query<Campaign & Stored>(campaignEntity, {
      index: 'gsi1',
      pk: ['KEY-CAMPAIGNS'],
      order: 'descending',
      ...page,
    });
    const data = await Promise.all(items.map((campaign) => withCounts(session, campaign)));
    return { data, pagination: { limit: page.limit, nextCursor } };
  },
  startKeyCampaign: async ({ session, body, principal }) => {
    const startedBy = await personBehind(session, principal.subject);
    return { data: await withCounts(session, await startCampaign(session, body, startedBy)) };
  },
  getKeyCampaign: async ({ session, params }) => ({
    data: await withCounts(session, await session.require(campaignEntity, params)),
  }),
  pauseKeyCampaign: async ({ session, params }) => ({
    data: await withCounts(session, await move(session, params.id, ['running'], 'paused')),
  }),
  resumeKeyCampaign: async ({ session, params }) => {
    // A campaign that runs may be resumed too: its messages may have been lost.
    const campaign = await move(session, params.id, ['paused', 'running'], 'running');
    await orderParts(session, params.id);
    return { data: await withCounts(session, campaign) };
  },
  listKeyCampaignMeters: async ({ session, params, query: { status }, page }) => {
    await session.require(campaignEntity, params);
    const filter = equals({ status });
    const { items, nextCursor } = await session.query<CampaignMeter & Stored>(campaignMeterEntity, {
      pk: ['KEY-CAMPAIGN', params.id],
      beginsWith: ['METER', ''],
      filter,
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
};

async function move(
  session: TenantSession,
  id: string,
  from: readonly Campaign['status'][],
  status: Campaign['status'],
): Promise<Campaign & Stored> {
  const campaign = await session.require(campaignEntity, { id });
  if (!from.includes(campaign.status))
    throw new AppError('conflict', undefined, {
      texts: { en: `The campaign is ${campaign.status}.`, ar: `حالة الحملة الآن: ${campaign.status}.` },
    });
  return session.transact('billing', (unit) => unit.update(campaignEntity, campaign, { status }));
}

async function withCounts(session: TenantSession, campaign: Campaign & Stored) {
  const counts = await session.get(campaignCountsEntity, { campaignId: campaign.id }, { consistent: true });
  const { requested = 0, vended = 0, confirmed = 0, failed = 0 } = counts ?? {};
  return {
    ...campaign,
    counts: {
      requested: Number(requested),
      vended: Number(vended),
      confirmed: Number(confirmed),
      failed: Number(failed),
    },
  };
}
