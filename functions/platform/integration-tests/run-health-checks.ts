/** Checks the active integrations of one tenant that have settings for this stage. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import {
  integrationEntity,
  integrationsPartition,
  maxIntegrationsPerTenant,
  type StoredIntegration,
} from '../integrations/integration-entity.ts';
import { readConfigs } from '../provider-calls/load-settings.ts';
import { stageEnvironment } from '../provider-calls/stage-environment.ts';
import { runTest } from './run-test.ts';

export const healthChecksQueue = 'integration-health-checks';

const message = z.object({ tenantId: z.string().check(z.minLength(1)) });
/** At a time: each may wait fifteen seconds, and all must be done before the function ends. */
const parallel = 10;

export const handler = consumeEach(
  (body) => message.parse(JSON.parse(body)),
  async ({ tenantId }) => {
    const session = openSession(tenantId, { correlationId: newId('cor') });
    const environment = stageEnvironment();
    const { items } = await session.query<StoredIntegration>(integrationEntity, {
      pk: integrationsPartition,
      limit: maxIntegrationsPerTenant,
    });
    const active = items.filter(({ isActive }) => isActive);
    for (let start = 0; start < active.length; start += parallel)
      await Promise.all(
        active.slice(start, start + parallel).map(async (integration) => {
          if ((await readConfigs(session, integration.id, environment)).length === 0) return;
          const { provider } = integration;
          await runTest(session, { integration, provider, integrationType: provider, environment, testedBy: null });
        }),
      );
  },
);
