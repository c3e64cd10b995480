/** Moves a campaign's row of a meter and its counts in the transaction that made, failed or confirmed the key change. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { type CampaignMeter, campaignCountsEntity, campaignMeterEntity } from './campaign-entity.ts';
import type { VendRow } from './vend-entity.ts';

/** Each happens once, since the change it goes with does. */
export function noteCampaign(unit: UnitOfWork, meter: CampaignMeter): void {
  const { campaignId, status } = meter;
  unit.put(campaignMeterEntity, meter);
  unit.add(campaignCountsEntity, { campaignId }, { [status]: 1n }, { campaignId });
}

export function noteCampaignOutcome(unit: UnitOfWork, { id, campaignId, meterId, status }: VendRow): void {
  if (campaignId !== undefined && (status === 'vended' || status === 'failed'))
    noteCampaign(unit, { campaignId, meterId, vendId: id, status });
}
