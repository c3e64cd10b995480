/** Manifest of the billing domain: customers, their supplies, tariffs, and the parts that make bills of them and money of bills. */
import { type DomainPart, defineDomain, joinParts } from '../../layers/kernel/domain/manifest.ts';
import { customers } from './customers/routes.ts';
import { dunningFunctions } from './dunning/dunning-functions.ts';
import { billingEvents } from './events.ts';
import { invoiceFunctions } from './invoices/invoice-functions.ts';
import { lossFunctions } from './losses/loss-functions.ts';
import { documentMaker, messageFunctions } from './messages/message-functions.ts';
import { fieldFunctions } from './mobile/field-functions.ts';
import { paymentFunctions } from './payments/payment-functions.ts';
import { portalFunctions } from './portal/portal-functions.ts';
import { prepaidFunctions } from './prepaid/prepaid-functions.ts';
import { reportScheduleFunctions } from './report-schedules/schedule-functions.ts';
import { reportFunctions } from './reports/report-functions.ts';
import { supplies } from './supplies/routes.ts';
import { tariffs } from './tariffs/routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;

/** What everything else is about. */
const records = {
  resources: [
    {
      resource: customers,
      entry: `${folder}/customers/handler.ts`,
      access: {
        tables: { billing: 'readWrite', identity: 'read', ...limits },
        buckets: documentMaker.drawn,
      },
      assets: documentMaker.assets,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    {
      resource: supplies,
      entry: `${folder}/supplies/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read', ...limits },
        // A supply that ends on a day that is billed already.
        queues: ['corrections'],
      },
    },
    {
      resource: tariffs,
      entry: `${folder}/tariffs/handler.ts`,
      access: { tables: { billing: 'readWrite', identity: 'read', ...limits } },
    },
  ],
} satisfies DomainPart;

export const billing = defineDomain({
  name: 'billing',
  tables: { billing: { indexes: ['gsi1', 'gsi2'], outbox: true } },
  buckets: {
    // Evidence in a dispute about a bill.
    'field-photos': { expireAfterDays: 3 * 366, browserAccess: true },
    // What was read is in the rows; a file is kept to read it again and to answer for it.
    'bank-files': { expireAfterDays: 366, browserAccess: true },
    // Bills are evidence for as long as the law keeps books; nothing here expires by itself.
    documents: {},
    // Statements, and slips with the digits of tokens: there to be fetched, and nothing to hold on to.
    'drawn-documents': { expireAfterDays: 1, recoverable: false },
  },
  events: billingEvents,
  ...joinParts([
    records,
    invoiceFunctions,
    paymentFunctions,
    dunningFunctions,
    prepaidFunctions,
    portalFunctions,
    fieldFunctions,
    messageFunctions,
    reportFunctions,
    reportScheduleFunctions,
    lossFunctions,
  ]),
});
