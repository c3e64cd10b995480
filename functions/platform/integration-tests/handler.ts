/** Lambda entry of `/api/integrations`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { integrationTests } from './routes.ts';
import { testSettings } from './test-integration.ts';

export const handler = serve(integrationTests, { testIntegrationSettings: testSettings }, { table: 'platform' });
