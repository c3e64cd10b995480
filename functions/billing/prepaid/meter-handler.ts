/** Lambda entry of `/api/billing/prepaid/meters`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { meterOperations } from './meter-operations.ts';
import { vendingMeters } from './meter-routes.ts';

export const handler = serve(vendingMeters, meterOperations, { table: 'billing' });
