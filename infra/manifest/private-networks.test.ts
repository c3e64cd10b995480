import { expect, it } from 'vitest';
import { domains } from '../domains.ts';
import { functionsOf } from './functions-of.ts';

/** They reach out with secrets, and only to addresses of partners. */
const ofWebhooks = ['webhooks', 'webhook-portal', 'deliverer', 'lane-runner', 'alert-actions'];

const callers = domains.flatMap((domain) =>
  functionsOf(domain).filter(
    ({ name, access }) =>
      access.internet === true && access.keys?.['secrets']?.endsWith('ecrypt') && !ofWebhooks.includes(name),
  ),
);

it.each(callers.map(({ name, environment }) => [name, environment]))(
  '%s, which calls providers, reaches the private networks that the stage opens',
  (_, environment) => {
    expect(environment).toMatchObject({
      ALLOW_LOOPBACK_WEBHOOKS: '${stage.webhooksMayReachLoopback}',
      PRIVATE_PROVIDER_NETWORKS: '${stage.privateProviderNetworks}',
    });
  },
);
