/** Lambda entry of `/api/v1/developer/integrations`. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { testIntegration } from '../integration-tests/test-integration.ts';
import { integrationEntity } from './integration-entity.ts';
import { configOperations } from './manage-configs.ts';
import { integrationOperations } from './manage-integrations.ts';
import { activityOperations } from './read-activity.ts';
import { integrations } from './routes.ts';

export const handler = serve(
  integrations,
  {
    ...integrationOperations,
    ...configOperations,
    ...activityOperations,
    getIntegrationHistory: readHistory(integrationEntity),
    testIntegration,
  },
  { table: 'platform' },
);
