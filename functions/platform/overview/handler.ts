/** Lambda entry of `/api/v1/developer/overview`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { getDeveloperOverview } from './get-overview.ts';
import { overview } from './routes.ts';

export const handler = serve(overview, { getDeveloperOverview });
