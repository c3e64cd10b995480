/** Lambda entry of `/api/billing/field`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { fieldOfficeOperations } from './operations.ts';
import { fieldOffice } from './routes.ts';

export const handler = serve(fieldOffice, fieldOfficeOperations, { table: 'billing' });
