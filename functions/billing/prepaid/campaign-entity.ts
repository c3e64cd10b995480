/**
 * A campaign that gives every meter of an old base date its new key before its tokens run out (STS 402-1, roll-over of token
 * identifiers): the campaign, how far each part of the walk is, one row a meter, and counts that move with those rows.
 */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { derivedId, timeOfId } from '../../../layers/kernel/ids.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { baseDates } from './sts-numbers.ts';

export const campaignInput = z.object({
  name: label(100),
  /** Meters that count from this year get new keys. */
  fromBaseDate: z.literal([...baseDates]),
  toBaseDate: z.literal([...baseDates]),
  /** The new key's; supply group and tariff index stay as each meter has them unless they are given. */
  keyRevision: z.int().check(z.gte(1), z.lte(9)),
  supplyGroupCode: z.optional(z.string().check(z.regex(/^\d{6}$/))),
  tariffIndex: z.optional(z.string().check(z.regex(/^\d{2}$/))),
});

export const campaignMeterStatuses = ['requested', 'vended', 'confirmed', 'failed'] as const;
export type CampaignMeterStatus = (typeof campaignMeterStatuses)[number];

const campaignSchema = z.extend(campaignInput, {
  id: z.string(),
  /** `paused` stops asking for further tokens; those that are asked for are made. */
  status: z.enum(['running', 'paused', 'done']),
  /** First moment at which meters of the old base date take no new tokens. */
  rollOverAt: utcTime(),
  startedBy: z.string(),
});
export const campaignAnswerSchema = storedSchema(
  z.extend(campaignSchema, {
    /** Meters by how far they are; `requested` are all that were found. */
    counts: z.object({ requested: z.int(), vended: z.int(), confirmed: z.int(), failed: z.int() }),
  }),
);
export type Campaign = z.infer<typeof campaignSchema>;

export const campaignEntity = defineEntity<Campaign>()({
  name: 'key change campaign',
  table: 'billing',
  key: ({ id }) => ({ pk: ['KEY-CAMPAIGN', id], sk: ['KEY-CAMPAIGN'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['KEY-CAMPAIGNS'], sk: [id] }) },
  idOf: ({ id }) => id,
});

export interface CampaignPart {
  campaignId: string;
  part: number;
  /** Pages done; a message for another page is late or repeated. */
  page: number;
  cursor?: string;
  done: boolean;
}
export const campaignPartEntity = defineEntity<CampaignPart, Pick<CampaignPart, 'campaignId' | 'part'>>()({
  name: 'part of a key change campaign',
  table: 'billing',
  key: ({ campaignId, part }) => ({ pk: ['KEY-CAMPAIGN', campaignId], sk: ['PART', part] }),
  idOf: ({ campaignId, part }) => `${campaignId}/${part}`,
});

export const campaignMeterSchema = z.object({
  campaignId: z.string(),
  meterId: z.string(),
  vendId: z.string(),
  status: z.enum(campaignMeterStatuses),
  confirmedBy: z.optional(z.enum(['customer', 'meter_status', 'next_vend'])),
});
export type CampaignMeter = z.infer<typeof campaignMeterSchema>;
export const campaignMeterEntity = defineEntity<CampaignMeter, Pick<CampaignMeter, 'campaignId' | 'meterId'>>()({
  name: 'meter of a key change campaign',
  table: 'billing',
  key: ({ campaignId, meterId }) => ({ pk: ['KEY-CAMPAIGN', campaignId], sk: ['METER', meterId] }),
  idOf: ({ campaignId, meterId }) => `${campaignId}/${meterId}`,
});

export interface CampaignCounts {
  campaignId: string;
  requested?: number;
  vended?: number;
  confirmed?: number;
  failed?: number;
}
export const campaignCountsEntity = defineEntity<CampaignCounts, { campaignId: string }>()({
  name: 'counts of a key change campaign',
  table: 'billing',
  key: ({ campaignId }) => ({ pk: ['KEY-CAMPAIGN', campaignId], sk: ['COUNTS'] }),
  idOf: ({ campaignId }) => campaignId,
});

/** The one key change a campaign makes for a meter. */
export const campaignVendId = (campaignId: string, meterId: string): string =>
  derivedId('vnd', timeOfId(campaignId), `${campaignId} ${meterId}`);
