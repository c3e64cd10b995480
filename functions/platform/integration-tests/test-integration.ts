/** The test of a stored integration, and the documented test of settings before they are stored. */
import { requirePermission } from '../../../layers/kernel/auth/require-permission.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { integrationEntity } from '../integrations/integration-entity.ts';
import { viewTest } from '../integrations/read-activity.ts';
import type { IntegrationRoutes } from '../integrations/routes.ts';
import { findAbout } from '../provider-calls/registry.ts';
import { stageEnvironment } from '../provider-calls/stage-environment.ts';
import type { IntegrationTestRoutes } from './routes.ts';
import { runTest } from './run-test.ts';

export const testIntegration: Operation<IntegrationRoutes['testIntegration']> = async ({
  session,
  params,
  body,
  principal,
}) => {
  const integration = await session.require(integrationEntity, params);
  const test = await runTest(session, {
    integration,
    provider: integration.provider,
    integrationType: integration.provider,
    environment: body.environment ?? stageEnvironment(),
    testedBy: principal.subject,
  });
  return { data: viewTest(test) };
};

/** Document 003 names integrations by what they are; these have one provider each there. */
const documentedTypes: Readonly<Record<string, string>> = { sms: 'twilio', email: 'sendgrid', vending: 'sts' };

export const testSettings: Operation<IntegrationTestRoutes['testIntegrationSettings']> = async ({
  session,
  body,
  principal,
}) => {
  const { integration_config_id: id, integration_type: type, config = {} } = body;
  const integration = id === undefined ? undefined : await session.require(integrationEntity, { id });
  const provider = integration?.provider ?? documentedTypes[type] ?? type;
  if (findAbout(provider) === undefined)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `There is no provider "${type}".`, ar: `لا يوجد مزوّد باسم "${type}".` },
    });
  const given = Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => {
      if (value === null) return [];
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      // A masked value stands for the stored one.
      return text.includes('••••') ? [] : [[key, text]];
    }),
  );
  // An address that is only tried would be sent the stored secrets.
  if (integration !== undefined && Object.keys(given).length > 0)
    requirePermission(principal, 'platform:integrations:secret');
  const test = await runTest(session, {
    ...(integration ? { integration } : {}),
    provider,
    integrationType: type,
    environment: stageEnvironment(),
    given,
    testedBy: principal.subject,
  });
  return { data: viewTest(test) };
};
