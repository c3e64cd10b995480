/** Lambda entry of `/api/billing/invoices`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { invoiceOperations } from './operations.ts';
import { invoices } from './routes.ts';

export const handler = serve(invoices, invoiceOperations, { table: 'billing' });
