/** The functions of prepaid energy, for the manifest of billing. Selling and making tokens alone reach the vendor. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { documentMaker } from '../messages/message-functions.ts';
import { providerAddresses, providerCalls } from '../provider-access.ts';
import { keyCampaigns } from './campaign-routes.ts';
import { vendingMeters } from './meter-routes.ts';
import { supplyModes } from './switch-routes.ts';
import { prepaidTerms } from './terms-routes.ts';
import { prepaidVends } from './vend-routes.ts';

const folder = 'functions/billing/prepaid';
const limits = { limits: 'write' } as const;
const tokens = 'prepaid-vends';
const campaigns = 'key-change-campaigns';
const vendor = {
  ...providerCalls,
  queues: [tokens],
} as const;

export const prepaidFunctions: DomainPart = {
  resources: [
    {
      resource: prepaidVends,
      entry: `${folder}/vend-handler.ts`,
      // A vendor is waited for up to 20 s.
      timeoutSeconds: 29,
      access: {
        tables: { billing: 'readWrite', platform: 'readWrite', metering: 'read', identity: 'read', ...limits },
        ...vendor,
        queues: [tokens],
        buckets: documentMaker.drawn,
      },
      environment: providerAddresses,
      // Draws slips.
      assets: documentMaker.assets,
      memoryMb: 1024,
    },
    {
      resource: vendingMeters,
      entry: `${folder}/meter-handler.ts`,
      access: { tables: { billing: 'readWrite', metering: 'read', ...limits } },
    },
    {
      resource: prepaidTerms,
      entry: `${folder}/terms-handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
    {
      resource: keyCampaigns,
      entry: `${folder}/campaign-handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits }, queues: [campaigns] },
    },
    {
      resource: supplyModes,
      entry: `${folder}/switch-handler.ts`,
      timeoutSeconds: 29,
      memoryMb: 512,
      access: {
        tables: { billing: 'readWrite', metering: 'read', readings: 'read', identity: 'read', ...limits },
        queues: [tokens],
      },
    },
  ],
  schedules: [
    {
      name: 'look-after-tokens',
      entry: `${folder}/look-after-tokens.ts`,
      schedule: 'rate(5 minutes)',
      access: { tables: { billing: 'read', identity: 'read' }, queues: [tokens] },
    },
  ],
  subscribers: [
    {
      name: 'vend-paid',
      entry: 'functions/billing/payments/on-payment-received.ts',
      events: ['payment.received'],
      access: { tables: { billing: 'readWrite' }, queues: [tokens] },
    },
    {
      name: 'send-tokens',
      entry: `${folder}/send-token.ts`,
      events: ['prepaid.vended'],
      access: { tables: { billing: 'readWrite', identity: 'read' } },
    },
  ],
  consumers: [
    {
      name: 'make-tokens',
      entry: `${folder}/make-tokens.ts`,
      queue: { name: tokens },
      access: {
        tables: { billing: 'readWrite', platform: 'readWrite', identity: 'read' },
        ...vendor,
        queues: [tokens],
      },
      environment: providerAddresses,
    },
    {
      name: 'walk-key-campaigns',
      entry: `${folder}/walk-campaign.ts`,
      queue: { name: campaigns },
      batchSize: 1,
      access: { tables: { billing: 'readWrite', identity: 'read' }, queues: [campaigns, tokens] },
    },
  ],
};
