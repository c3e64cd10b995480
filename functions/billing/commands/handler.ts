/** Lambda entry of `/api/billing/meter-commands`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { commandOperations } from './operations.ts';
import { meterCommands } from './routes.ts';

export const handler = serve(meterCommands, commandOperations, { table: 'billing' });
