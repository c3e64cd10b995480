/** Payment providers for the tests of billing: the simulators over real HTTP, called through the platform's contract. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { type RunningProviders, startProviders } from '../../../local/providers/start-providers.ts';
import { createKmsService } from '../../../local/services/kms/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import { handler as integrations } from '../../platform/integrations/handler.ts';
import { forgetCircuits } from '../../platform/provider-calls/breaker.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { doProviderWork } from '../provider-payments/do-provider-work.ts';
import { handler as onPaymentEvents } from '../provider-payments/on-payment-events.ts';
import { providerPaymentsQueue } from '../provider-payments/provider-work.ts';
import type { BillingStack } from './billing-stack.ts';

export interface ProviderPayments {
  readonly providers: RunningProviders;
  /** @returns the integration's id */
  integrate(tenantId: string, provider: string): Promise<string>;
  /** A provider tells of a payment, as the platform publishes it, so many times. */
  notify(tenantId: string, integrationId: string, providerReference: string, times?: number): Promise<void>;
  /** Hands the tenant's new checkouts and refunds to the subscriber, and works off the queue for so many seconds. */
  workOff(tenantId: string, options?: { seconds?: number; times?: number }): Promise<void>;
  acts(provider: string, kind: string): readonly { data: any }[];
}

export function useProviderPayments(stack: BillingStack): ProviderPayments {
  let providers: RunningProviders;
  const closing: (() => Promise<void>)[] = [];
  const delivered = new Set<string>();
  beforeAll(async () => {
    const kms = createKmsService(createFakeContext({ startTime: Date.now() }));
    const endpoint = await serveForTest(kms);
    closing.push(endpoint.close);
    process.env['AWS_ENDPOINT_URL_KMS'] = endpoint.url;
    process.env['ALLOW_LOOPBACK_WEBHOOKS'] = 'true';
    const { ref } = await createResource(kms, 'AWS::KMS::Key', 'secrets', { KeyPolicy: {} });
    process.env[environmentName.keyId('secrets')] = ref;
    providers = await startProviders({ now: () => Date.now() });
    closing.push(() => providers.close());
  });
  beforeEach(() => {
    forgetCircuits();
    for (const name of providers.providers) providers.setMode(name, 'ok');
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
  return {
    get providers() {
      return providers;
    },
    async integrate(tenantId, provider) {
      const base = '/api/v1/developer/integrations';
      const as = { permissions: ['platform:*'] };
      const code = `${provider}_${tenantId}`.replaceAll('-', '_');
      const made = await stack.call(tenantId, integrations, 'POST', base, {
        as,
        body: { code, provider, nameAr: 'x' },
      });
      const id = made.body.data.id as string;
      const body = { environment: 'development', values: providers.settingsOf(provider) };
      const set = await stack.call(tenantId, integrations, 'PUT', `${base}/${id}/configs`, { as, body });
      if (set.status !== 200) throw new Error(set.text);
      return id;
    },
    async notify(tenantId, integrationId, providerReference, times = 1) {
      const event = makeEvent({
        type: 'payment.notified',
        source: 'platform',
        tenantId,
        // What a notification says of money is never believed.
        payload: { integrationId, data: { providerReference, status: 'captured', amount: '999999' } },
      });
      await onPaymentEvents(busBatch(Array.from({ length: times }, () => event)));
    },
    async workOff(tenantId, options) {
      const events = ['checkout.changed', 'refund.changed']
        .flatMap((type) => stack.events(type))
        .filter((item) => item['tenantId'].S === tenantId && !delivered.has(item['id'].S));
      for (const item of events) delivered.add(item['id'].S);
      const envelopes = events.map((item) =>
        makeEvent({ type: item['type'].S, source: 'billing', tenantId, payload: JSON.parse(item['payload'].S) }),
      );
      if (envelopes.length > 0) await onPaymentEvents(busBatch(envelopes));
      await stack.workOff(providerPaymentsQueue, (body) => doProviderWork(JSON.parse(body)), options);
    },
    acts: (provider, kind) => providers.journal.acts(provider, kind),
  };
}
