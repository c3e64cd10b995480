/** Routes of key change campaigns. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { campaignAnswerSchema, campaignInput, campaignMeterSchema, campaignMeterStatuses } from './campaign-entity.ts';

const params = z.object({ id: generatedId('kcc') });
const changed = {
  params,
  status: 200,
  response: campaignAnswerSchema,
  errors: ['not_found', 'conflict', 'version_conflict'],
} as const;

export const keyCampaigns = defineResource({
  name: 'key-change-campaigns',
  base: '/api/billing/prepaid/key-change-campaigns',
  title: 'Key change campaigns',
  routes: {
    listKeyCampaigns: {
      method: 'GET',
      path: '',
      access: 'billing:prepaid:read',
      summary: 'List key change campaigns, the newest first.',
      response: z.array(campaignAnswerSchema),
      paginated: true,
    },
    startKeyCampaign: {
      method: 'POST',
      path: '',
      access: 'billing:prepaid:campaign',
      summary: 'Give every meter of a base date its new key: key-change tokens are made and sent, once a meter.',
      description:
        'Token identifiers count minutes in 24 bits: meters of base date 1993 take no token made after 24 November 2024 until their key is changed. The walk goes on by itself; what failed is taken up by the next campaign, since its meters still have the old base date.',
      body: campaignInput,
      response: campaignAnswerSchema,
      errors: ['unprocessable'],
    },
    getKeyCampaign: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:prepaid:read',
      summary: 'Get a campaign with how many meters were asked for, sent tokens, confirmed or failed.',
      params,
      response: campaignAnswerSchema,
      errors: ['not_found'],
    },
    pauseKeyCampaign: {
      method: 'POST',
      path: '/{id}/pause',
      access: 'billing:prepaid:campaign',
      summary: 'Ask for no further tokens for now.',
      ...changed,
    },
    resumeKeyCampaign: {
      method: 'POST',
      path: '/{id}/resume',
      access: 'billing:prepaid:campaign',
      summary: 'Go on where the campaign stopped, or was stopped.',
      ...changed,
    },
    listKeyCampaignMeters: {
      method: 'GET',
      path: '/{id}/meters',
      access: 'billing:prepaid:read',
      summary: 'List the meters of a campaign and how far each is.',
      params,
      query: z.object({ status: z.optional(z.enum(campaignMeterStatuses)) }),
      response: z.array(campaignMeterSchema),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
