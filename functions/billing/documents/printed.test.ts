/** What is printed once and marked afterwards, over the handlers: receipts and slips of tokens, and who gets them. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { hasProgram } from '../../../test/support/programs.ts';
import { textOfPdf } from '../../../test/support/text-of-pdf.ts';
import { handler as customers } from '../customers/handler.ts';
import { billing } from '../domain.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as app } from '../portal/app-handler.ts';
import { handler as portal } from '../portal/handler.ts';
import { linkUser } from '../portal/link-account.ts';
import { handler as vends } from '../prepaid/vend-handler.ts';
import { useDocumentBucket } from '../test-support/buckets.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { type PrepaidSupply, usePrepaidScene } from '../test-support/prepaid-scene.ts';

// Pauses between tries are tested with the engine of providers.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

/** What happens between the drawing of a document and its keeping. */
const drawing = vi.hoisted(() => ({ afterwards: async (): Promise<unknown> => undefined }));
vi.mock('./make-document.ts', async (original) => {
  const { makeDocument, ...rest } = await original<typeof import('./make-document.ts')>();
  const draw: typeof makeDocument = async (...order) => {
    const bytes = await makeDocument(...order);
    await drawing.afterwards();
    return bytes;
  };
  return { ...rest, makeDocument: draw };
});

const tenant = 'print';
const scene = usePrepaidScene(tenant);
useDocumentBucket();
const { stack } = scene;
const user = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const hasPdftotext = hasProgram('pdftotext', 'poppler-utils');

/** What another program reads in a document; without one, nothing but that it is there. */
async function textOf({ body }: { body: any }): Promise<string> {
  const bytes = Buffer.from(await (await fetch(body.data.url)).arrayBuffer());
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  if (!hasPdftotext) return '';
  return textOfPdf(bytes);
}

it('a credit note has the words of a code, and the portal nothing of what the office wrote', async () => {
  const body = { name: 'Cancelled' };
  const customer = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data;
  const { id } = await oweInvoice(tenant, customer.id, '10.00');
  const cancelled = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/cancel`, {
    body: { reason: 'Ali misread it, again', reasonCode: 'wrong_reading' },
  });
  expect(cancelled.body.data).toMatchObject({
    cancelReasonCode: 'wrong_reading',
    cancelReason: 'Ali misread it, again',
  });
  const query = { document: 'credit_note', language: 'en' };
  const text = await textOf(await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${id}/pdf`, { query }));
  if (hasPdftotext) expect(text).toContain('the meter reading was wrong');
  expect(text).not.toContain('Ali');
  await linkUser(scene.session, user(7), customer.id);
  const own = { as: { subject: user(7), permissions: ['portal:*'] } };
  for (const path of ['', `/${id}`]) {
    const shown = await stack.call(tenant, portal, 'GET', `/api/portal/invoices${path}`, own);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('wrong_reading');
    expect(shown.text).not.toContain('Ali');
  }
});

describe('the receipt of a payment', () => {
  const english = { query: { language: 'en' } };
  const pay = async () => {
    const body = { name: 'Payer' };
    const customerId = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data.id;
    const money = { customerId, amount: '25', method: 'cash' };
    return (await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: money })).body.data.id;
  };
  const print = (id: string, headers: Record<string, string> = {}) =>
    stack.call(tenant, payments, 'POST', `/api/billing/payments/${id}/receipt/print`, { headers });
  const pdf = (id: string, options: object = english) =>
    stack.call(tenant, payments, 'GET', `/api/billing/payments/${id}/receipt/pdf`, options);

  it('is an original once; whatever is printed after it is a numbered copy', async () => {
    const id = await pay();
    expect((await print(id)).body.data).toMatchObject({ isCopy: false, timesPrinted: 0 });
    const first = await pdf(id);
    expect(first.body.data.filename).toBe(`receipt-${id}-en.pdf`);
    expect(await textOf(first)).not.toContain('COPY');
    expect((await print(id)).body.data).toMatchObject({ isCopy: true, timesPrinted: 1 });
    const second = await pdf(id);
    expect(second.body.data.filename).toBe(`receipt-${id}-copy-2-en.pdf`);
    if (hasPdftotext) expect(await textOf(second)).toContain('COPY (print 2)');
    for (const timesPrinted of [2, 3])
      expect((await print(id)).body.data).toMatchObject({ isCopy: true, timesPrinted });
    const fourth = await pdf(id, { query: { language: 'ar' } });
    if (hasPdftotext) expect(await textOf(fourth)).toMatch(/نسخة .*4/);
  });

  it('is printed by printing alone: whoever looks, a browser that looks ahead or tries again, makes no copy of it', async () => {
    const id = await pay();
    for (let look = 0; look < 3; look++) expect((await pdf(id)).body.data.filename).toBe(`receipt-${id}-en.pdf`);
    const once = { 'idempotency-key': `print-${id}` };
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await print(id, once)).body.data).toMatchObject({ isCopy: false, timesPrinted: 0 });
    expect((await pdf(id)).body.data.filename).toBe(`receipt-${id}-en.pdf`);
    expect((await stack.call(tenant, payments, 'GET', `/api/billing/payments/${id}/receipt`)).body.data).toMatchObject({
      timesPrinted: 1,
    });
  });

  it('of a payment that is taken back while it is drawn is kept as what it was drawn as', async () => {
    const id = await pay();
    drawing.afterwards = async () => {
      drawing.afterwards = async () => undefined;
      const body = { reason: 'Bounced' };
      expect((await stack.call(tenant, payments, 'POST', `/api/billing/payments/${id}/reverse`, { body })).status).toBe(
        200,
      );
    };
    expect((await pdf(id)).body.data.filename).toBe(`receipt-${id}-en.pdf`);
    const after = await pdf(id);
    expect(after.body.data.filename).toBe(`receipt-reversed-${id}-en.pdf`);
    if (hasPdftotext) expect(await textOf(after)).toContain('This payment was taken back.');
  });

  it('is an original for one of three who print at once', async () => {
    const id = await pay();
    const prints = await Promise.all([print(id), print(id), print(id)]);
    expect(prints.map(({ body }) => body.data.timesPrinted).sort()).toEqual([0, 1, 2]);
    expect((await pdf(id)).body.data.filename).toBe(`receipt-${id}-copy-3-en.pdf`);
  });
});

describe('the slip of a token', () => {
  let own: PrepaidSupply;
  let sold: any;
  const slip = (id: string, options: object = {}) =>
    stack.call(tenant, vends, 'POST', `/api/billing/prepaid/vends/${id}/slip`, options);
  const portalSlip = (id: string, n: number, permissions = ['portal:*'], of = tenant) => ({
    web: stack.call(of, portal, 'GET', `/api/portal/tokens/${id}/slip`, { as: { subject: user(n), permissions } }),
    app: stack.call(of, app, 'GET', `/api/v1/customers/me/tokens/${id}/slip`, {
      as: { subject: user(n), permissions },
    }),
  });

  beforeAll(async () => {
    await stack.addTenant('elsewhere');
    own = await scene.addSupply();
    const other = await scene.addSupply();
    await linkUser(scene.session, user(1), own.customerId);
    await linkUser(scene.session, user(2), other.customerId);
    sold = (await scene.buy(own.supplyId, '3000')).body.data;
  });

  it('has the digits, where the money went and how much energy; a second one is a copy', async () => {
    const first = await slip(sold.id, { query: { language: 'en' } });
    expect(first.status, first.text).toBe(200);
    expect(first.text).not.toContain(sold.tokens[0]);
    const text = await textOf(first);
    if (hasPdftotext)
      for (const part of [sold.tokens[0], own.meterNumber, '3,000.00 YER', '101.1 kWh', '142.75 YER'])
        expect(text).toContain(part);
    expect(text).not.toContain('COPY');
    const again = await slip(sold.id, { query: { language: 'en' } });
    if (hasPdftotext) expect(await textOf(again)).toContain('COPY (print 2)');
    expect((await stack.call(tenant, vends, 'GET', `/api/billing/prepaid/vends/${sold.id}`)).body.data.reprints).toBe(
      2,
    );
  });

  it('lies where everything is gone after a day, with no version kept, and not among the bills', async () => {
    const { id } = (await scene.buy(own.supplyId, '500')).body.data;
    const { url } = (await slip(id)).body.data;
    const [, bucket] = new URL(url).pathname.split('/');
    expect(billing.buckets).toHaveProperty(bucket!, { expireAfterDays: 1, recoverable: false });
  });

  it('that could not be drawn was no print: the next one is no copy', async () => {
    const { id } = (await scene.buy(own.supplyId, '500')).body.data;
    const name = environmentName.bucket('drawn-documents');
    const bucket = process.env[name];
    process.env[name] = 'gone-missing';
    expect((await slip(id)).status).toBeGreaterThanOrEqual(500);
    process.env[name] = bucket;
    expect((await slip(id)).body.data.filename).not.toContain('copy');
    expect((await slip(id)).body.data.filename).toContain('copy-2');
  });

  it('is one print for each of those who print at once', async () => {
    const { id } = (await scene.buy(own.supplyId, '500')).body.data;
    const all = await Promise.all([slip(id), slip(id), scene.post(`/${id}/reprint`)]);
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [one, other] = all.map(({ body }) => body.data.filename);
    expect(one).not.toBe(other);
    expect((await slip(id)).body.data.filename).toContain('copy-4');
  });

  it('is for those who may see digits: not for readers, nor another tenant', async () => {
    const reader = { as: { subject: user(9), permissions: ['billing:prepaid:read', 'billing:prepaid:vend'] } };
    expect((await slip(sold.id, reader)).status).toBe(403);
    expect((await stack.call('elsewhere', vends, 'POST', `/api/billing/prepaid/vends/${sold.id}/slip`)).status).toBe(
      404,
    );
  });

  it('is in the portal and the app for its own customer alone', async () => {
    for (const answer of Object.values(portalSlip(sold.id, 1))) {
      const { status, body, text } = await answer;
      expect(status, text).toBe(200);
      if (hasPdftotext) expect(await textOf({ body })).toContain(sold.tokens[0]);
    }
    for (const [answers, status] of [
      [portalSlip(sold.id, 2), 404],
      [portalSlip(sold.id, 1, ['portal:invoices:read']), 403],
      [portalSlip(sold.id, 1, ['billing:*']), 403],
      [portalSlip(`vnd_${'0'.repeat(26)}`, 1), 404],
    ] as const)
      for (const answer of Object.values(answers)) expect((await answer).status).toBe(status);
    for (const answer of Object.values(portalSlip(sold.id, 1, ['portal:*'], 'elsewhere')))
      expect((await answer).status).toBe(403);
  });

  it('of a technician’s token is nothing for who sells energy', async () => {
    const order = { kind: 'clear_tamper', meterId: own.meterId, reason: 'Opened by us' };
    const made = (await scene.post('/engineering', order)).body.data;
    expect(made.status).toBe('vended');
    const cashier = { as: { subject: user(8), permissions: ['billing:prepaid:read', 'billing:prepaid:reprint'] } };
    for (const path of ['slip', 'reprint']) {
      const refused = await scene.post(`/${made.id}/${path}`, undefined, cashier);
      expect(refused.status).toBe(403);
      expect(refused.text).not.toContain(made.tokens[0]);
    }
    expect((await slip(made.id)).status).toBe(200);
    for (const answer of Object.values(portalSlip(made.id, 1))) expect((await answer).status).toBe(404);
  });

  it('is gone when the token was taken back', async () => {
    sold = (await scene.buy(own.supplyId, '3000')).body.data;
    const reversed = await scene.post(`/${sold.id}/reversal`, { reason: 'Wrong meter' });
    expect(reversed.body.data.status, reversed.text).toBe('reversed');
    expect((await slip(sold.id)).status).toBe(409);
    for (const answer of Object.values(portalSlip(sold.id, 1))) expect((await answer).status).toBe(409);
  });
});
