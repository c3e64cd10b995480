/** Lambda entry of `/api/billing/prepaid/key-change-campaigns`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { campaignOperations } from './campaign-operations.ts';
import { keyCampaigns } from './campaign-routes.ts';

export const handler = serve(keyCampaigns, campaignOperations, { table: 'billing' });
