/** The documented test of an integration's settings, stored or not: the body is exactly the one of document 003. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { testView } from '../integrations/schemas.ts';

export const integrationTests = defineResource({
  name: 'integration-tests',
  base: '/api/integrations',
  title: 'Integration tests',
  routes: {
    testIntegrationSettings: {
      method: 'POST',
      path: '/test',
      access: 'platform:integrations:test',
      summary: 'Test the settings of an integration before or after they are stored.',
      description:
        'With `integration_config_id` (the id of an integration) settings that are left out, or sent masked, are the stored ones; settings beside stored ones need `platform:integrations:secret`, since stored secrets go where they say. Nothing of `config` is stored.',
      body: z.strictObject({
        integration_config_id: z.optional(generatedId('int')),
        /** A provider of the catalogue, or `sms`, `email`. */
        integration_type: label(100),
        config: z.optional(
          z
            .record(z.string().check(z.maxLength(100)), z.unknown())
            .check(z.refine((config) => JSON.stringify(config).length <= 65_536)),
        ),
      }),
      response: testView,
      status: 200,
      errors: ['forbidden', 'not_found', 'unprocessable'],
      // A repeated test is a new test, and secrets in its body are not kept.
      idempotent: false,
    },
  },
});

export type IntegrationTestRoutes = typeof integrationTests.routes;
