/** Files of banks: every line becomes money of its owner once, however often and by however many it is read. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useBankFiles } from '../test-support/buckets.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { bankLineEntity, lineIds } from './bank-entities.ts';
import { handler } from './handler.ts';
import { importPage } from './import-page.ts';
import { bankImportQueue } from './start-import.ts';

const stack = useBillingStack();
useBankFiles();
const watch = useCallWatch();
const base = '/api/billing/bank-imports';
let [tenant, serial] = ['', 0];
let ahmed: any;
let salma: any;

beforeAll(() => stack.addTenant('foreign'));
beforeEach(async () => {
  tenant = `bank${++serial}`;
  await stack.addTenant(tenant);
  ahmed = await addCustomer('Ahmed Saleh');
  salma = await addCustomer('Salma Omar', { nameAr: 'سلمى عمر' });
  await put('main', { name: 'Main account', currency: 'YER', format: 'csv' });
});

const call = (method: string, path: string, body?: object, query: Record<string, string> = {}) =>
  stack.call(tenant, handler, method, `${base}${path}`, { query, ...(body === undefined ? {} : { body }) });
const put = (code: string, body: object) => call('PUT', `/accounts/${code}`, body);
const addCustomer = async (name: string, more: object = {}) =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name, ...more } })).body.data;
const read = async (times = 1) => stack.workOff(bankImportQueue, (body) => importPage(JSON.parse(body)), { times });
const importCsv = async (lines: string[], times = 1, more: object = {}) => {
  const content = ['date,amount,id,reference,description', ...lines].join('\n');
  const made = await call('POST', '', { bankAccount: 'main', content, ...more });
  expect(made.status).toBe(201);
  await read(times);
  return (await call('GET', `/${made.body.data.id}`)).body.data;
};
const linesOf = async (id: string) => (await call('GET', `/${id}/lines`)).body.data;
const paymentsOf = async () =>
  (await stack.call(tenant, payments, 'GET', '/api/billing/payments', { query: { limit: '200' } })).body.data;
const account = async (id: string) =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${id}/balance`)).body.data[0];

describe('a bank file', () => {
  it('pays every invoice that a line names, and no other', async () => {
    const number = (month: number) => `${ahmed.accountNumber}-20260${month}28`;
    for (const month of [1, 2, 3]) await oweInvoice(tenant, ahmed.id, '100.00', { invoiceNumber: number(month) });
    const done = await importCsv([`2026-06-10,200,B1,,Invoices ${number(3)} and ${number(2)} and REF-7`]);
    expect(await linesOf(done.id)).toMatchObject([{ status: 'matched', matchedBy: 'invoice_number' }]);
    const [{ allocations }] = await paymentsOf();
    expect(allocations.map(({ invoiceNumber }: any) => invoiceNumber)).toEqual([number(2), number(3)]);
    expect(await account(ahmed.id)).toMatchObject({ balance: '100.00', advance: '0.00' });
  });

  it('finds its customers by account number, invoice number, and amount and name; the rest waits', async () => {
    const invoice = await oweInvoice(tenant, ahmed.id, '300.00', { invoiceNumber: `${ahmed.accountNumber}-20260430` });
    await oweInvoice(tenant, ahmed.id, '50.00', { dueDate: '2026-05-01' });
    const named = await oweInvoice(tenant, salma.id, '777.00');
    const wrong = `${ahmed.accountNumber.slice(0, 9)}${(Number(ahmed.accountNumber[9]) + 1) % 10}`;
    const spaced = `${salma.accountNumber.slice(0, 4)} ${salma.accountNumber.slice(4, 8)} ${salma.accountNumber.slice(8)}`;
    const done = await importCsv([
      `2026-06-10,300,B1,${ahmed.accountNumber}-20260430,`,
      `2026-06-10,40.5,B2,,Transfer for ${ahmed.accountNumber} thanks`,
      `2026-06-11,25,B3,,حوالة حساب ${spaced}`,
      '2026-06-11,777,B4,,حوالة من عمر سلمى',
      `2026-06-12,11,B5,,${wrong}`,
      '2026-06-12,12,B6,,Who knows',
      '2026-06-12,-9,B7,,Charges',
    ]);
    expect(done).toMatchObject({ status: 'completed', lines: 7, matched: 4, suspense: 2, outgoing: 1, duplicates: 0 });
    expect((await linesOf(done.id)).map(({ status, matchedBy }: any) => matchedBy ?? status)).toEqual([
      'invoice_number',
      'account_number',
      'account_number',
      'amount_and_name',
      'suspense',
      'suspense',
      'outgoing',
    ]);
    const { data: waiting } = (await call('GET', `/${done.id}/lines`, undefined, { status: 'suspense' })).body;
    expect(waiting.map(({ bankId }: any) => bankId)).toEqual(['B5', 'B6']);
    const all = await paymentsOf();
    expect(all).toHaveLength(4);
    const first = all.find(({ externalReference }: any) => externalReference === 'main:B1');
    expect(first).toMatchObject({ method: 'bank_transfer', allocations: [{ invoiceId: invoice.id }] });
    const fourth = all.find(({ externalReference }: any) => externalReference === 'main:B4');
    expect(fourth).toMatchObject({ customerId: salma.id, allocations: [{ invoiceId: named.id }] });
    expect(first.receivedAt.slice(0, 10)).toBe('2026-06-10');
    const suspended = stack.events('bank_line.suspended').filter(({ tenantId }) => tenantId.S === tenant);
    expect(suspended).toHaveLength(2);
  });

  it('is taken once, whether read by three at once, imported again, or overlapping with the next', async () => {
    const line = (n: number) => `2026-06-10,${n},B${n},${ahmed.accountNumber},`;
    const lines = Array.from({ length: 20 }, (_, i) => line(i + 1));
    expect(await importCsv(lines, 3)).toMatchObject({ status: 'completed', matched: 20, duplicates: 0 });
    expect(await importCsv(lines)).toMatchObject({ matched: 0, duplicates: 20 });
    expect(await importCsv([...lines.slice(15), line(21), line(21)])).toMatchObject({ matched: 1, duplicates: 6 });
    expect(await paymentsOf()).toHaveLength(21);
    expect((await account(ahmed.id)).balance).toBe('-231.00');
  });

  it('is taken once by a worker that dies after anything it writes or sends', async () => {
    for (let change = 1, struck = true; struck; change++) {
      const lines = [1, 2, 3].map((i) => `2026-06-10,${i},D${change}-${i},${i === 2 ? '' : ahmed.accountNumber},`);
      const content = ['date,amount,id,reference,description', ...lines].join('\n');
      const { id } = (await call('POST', '', { bankAccount: 'main', content })).body.data;
      watch.reset();
      watch.breakChange(change, 'lost');
      struck = false;
      const deliver = async (body: string): Promise<void> => {
        try {
          await importPage(JSON.parse(body), { pages: 1, pageSize: 2 });
        } catch {
          struck = watch.hasStruck();
          // As the queue does with what nobody acknowledged.
          watch.reset();
          await deliver(body);
        }
      };
      await stack.workOff(bankImportQueue, deliver, { seconds: 120 });
      watch.reset();
      const expected = { status: 'completed', position: 3, matched: 2, suspense: 1, duplicates: 0 };
      expect([change, (await call('GET', `/${id}`)).body.data]).toMatchObject([change, expected]);
      if (!struck) expect(change).toBeGreaterThan(6);
    }
  });

  it('keeps lines without an id apart that are alike, and knows them again', async () => {
    const twice = Array.from({ length: 2 }, () => `2026-06-10,5,,${ahmed.accountNumber},cash machine`);
    expect(await importCsv(twice)).toMatchObject({ matched: 2 });
    expect(await importCsv([...twice, twice[0]!])).toMatchObject({ matched: 1, duplicates: 2 });
  });

  it('goes on where it stopped, page by page', async () => {
    const lines = Array.from({ length: 43 }, (_, i) => `2026-06-10,1,P${i},,nobody ${i}`);
    const made = await call('POST', '', {
      bankAccount: 'main',
      content: ['date,amount,id,reference,description', ...lines].join('\n'),
    });
    const { id } = made.body.data;
    await importPage({ tenantId: tenant, importId: id, position: 0 }, { pages: 1, pageSize: 20 });
    // As if the message that was handed on had been lost: a person starts it again.
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ status: 'reading', position: 20, lines: 43 });
    await call('POST', `/${id}/start`);
    await read();
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({
      status: 'completed',
      suspense: 43,
      duplicates: 0,
    });
    expect((await call('POST', `/${id}/start`)).status).toBe(409);
  });

  it('is read where the request died after it was kept, or before anything was', async () => {
    const content = `date,amount,id,reference,description\n2026-06-10,5,V1,${ahmed.accountNumber},x\n`;
    const answers: number[] = [];
    for (let change = 1; answers.at(-1) !== 201; change++) {
      watch.reset();
      watch.breakChange(change, 'refused');
      answers.push((await call('POST', '', { bankAccount: 'main', content })).status);
    }
    expect(answers.length).toBeGreaterThan(3);
    await stack.workOff(bankImportQueue, (body) => importPage(JSON.parse(body)), { seconds: 60 });
    // One whose request died before it said that its file is to be read, and the last.
    const kept = (await call('GET', '')).body.data;
    expect(kept.map(({ status, matched, duplicates }: any) => [status, matched + duplicates])).toEqual([
      ['completed', 1],
      ['completed', 1],
    ]);
  });

  it('may be uploaded to a signed address', async () => {
    const content = `date,amount,id,reference,description\n2026-06-10,5,U1,${ahmed.accountNumber},x\n`;
    const { id, upload } = (await call('POST', '', { bankAccount: 'main', sizeBytes: content.length })).body.data;
    expect((await call('POST', `/${id}/start`)).status).toBe(409);
    const { 'content-length': _, ...headers } = upload.headers;
    expect((await fetch(upload.url, { method: 'PUT', headers, body: content })).status).toBe(200);
    expect((await call('POST', `/${id}/start`)).status).toBe(200);
    await read();
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ status: 'completed', matched: 1 });
  });

  it('with a wrong line is not taken at all, and says where it is wrong', async () => {
    const done = await importCsv([
      `2026-06-10,5,W1,${ahmed.accountNumber},`,
      'yesterday,5,W2,,',
      '2026-06-10,five,W3,,',
    ]);
    expect(done).toMatchObject({ status: 'failed', problems: [{ position: 3 }, { position: 4 }] });
    expect(await paymentsOf()).toEqual([]);
  });

  it.each<[string, string, string, object]>([
    ['an XML bomb', 'camt053', '<!DOCTYPE x [<!ENTITY a "aaaa">]><Document>&a;</Document>', { status: 'failed' }],
    ['XML that is not closed', 'camt053', '<Document><BkToCstmrStmt>', { status: 'failed' }],
    ['nothing of MT940', 'mt940', 'hello', { status: 'failed' }],
    ['no CSV', 'csv', '\u0000', { status: 'failed' }],
  ])('that is %s fails with a reason', async (_, format, content, expected) => {
    const { id } = (await call('POST', '', { bankAccount: 'main', format, content })).body.data;
    await read();
    const done = (await call('GET', `/${id}`)).body.data;
    expect(done).toMatchObject(expected);
    expect(done.problems[0].ar).toMatch(/[ء-ي]/);
  });

  it('is read in the bank’s own way of writing it', async () => {
    await put('euro', {
      name: 'Euro',
      currency: 'EUR',
      format: 'csv',
      csv: {
        columns: { date: 'Buchungstag', amount: 'Betrag', reference: 'Verwendungszweck' },
        dateFormat: 'DD/MM/YYYY',
        decimalSign: ',',
      },
    });
    const content = `Buchungstag;Betrag;Verwendungszweck\n07.06.2026;1.234,50;${ahmed.accountNumber}\n`;
    const { id } = (await call('POST', '', { bankAccount: 'euro', content })).body.data;
    await read();
    expect(await linesOf(id)).toMatchObject([
      { date: '2026-06-07', amount: '1234.50', currency: 'EUR', status: 'matched' },
    ]);
  });

  it('may be MT940 or camt.053, and a reversal takes its payment back', async () => {
    const mt940 = [
      ':20:X',
      ':25:123',
      ':60F:C260601YER0,00',
      ':61:2606100610C500,00NTRFNONREF//BK1',
      `:86:ACC ${ahmed.accountNumber}`,
      ':62F:C260610YER500,00',
    ].join('\n');
    await call('POST', '', { bankAccount: 'main', format: 'mt940', content: mt940 });
    await read();
    expect((await account(ahmed.id)).balance).toBe('-500.00');
    const camt = `<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="YER">500.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
      <BookgDt><Dt>2026-06-12</Dt></BookgDt><AcctSvcrRef>BK2</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>BK1</EndToEndId></Refs>
      </TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;
    const { id } = (await call('POST', '', { bankAccount: 'main', format: 'camt053', content: camt })).body.data;
    await read(2);
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ status: 'completed', returned: 1 });
    expect((await account(ahmed.id)).balance).toBe('0.00');
    expect((await paymentsOf())[0]).toMatchObject({ status: 'reversed' });
  });

  it('tells parts of a sum, which an earlier file had without them: they come in once', async () => {
    const part = (amount: string, { accountNumber }: any) =>
      `<TxDtls><Refs><EndToEndId>${accountNumber}</EndToEndId></Refs>${amount}</TxDtls>`;
    const amount = (value: string) => `<Amt Ccy="YER">${value}</Amt>`;
    const file = (id: string, ...parts: string[]) =>
      `<Document><BkToCstmrStmt><Stmt><Ntry>${amount('50')}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-12</Dt></BookgDt>
      ${id}<NtryDtls>${parts.join('')}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;
    const take = async (content: string) => {
      const { id } = (await call('POST', '', { bankAccount: 'main', format: 'camt053', content })).body.data;
      await read();
      return (await call('GET', `/${id}`)).body.data;
    };
    const own = '<AcctSvcrRef>B9</AcctSvcrRef>';
    expect(await take(file(own, part('', ahmed), part('', salma)))).toMatchObject({ suspense: 1 });
    const parted = [part(amount('20'), ahmed), part(amount('30'), salma)];
    expect(await take(file(own, ...parted))).toMatchObject({ status: 'completed', duplicates: 2, matched: 0 });
    expect(await paymentsOf()).toEqual([]);
    // One that came in its parts at first is those, however often.
    const other = own.replace('B9', 'B10');
    expect(await take(file(other, ...parted))).toMatchObject({ duplicates: 0, matched: 2 });
    expect(await take(file(other, ...parted))).toMatchObject({ duplicates: 2, matched: 0 });
  });

  it('knows what the bank took back, also where the newest stands first', async () => {
    const line = (n: number) => `2026-06-10,${n},R${n},${ahmed.accountNumber},`;
    const lines = ['2026-06-12,-3,X3,R3,', '2026-06-12,-2,X2,R2,', line(3), '2026-06-11,-1,X1,R1,', line(2), line(1)];
    const content = ['date,amount,id,reference,description', ...lines].join('\n');
    const { id } = (await call('POST', '', { bankAccount: 'main', content })).body.data;
    await stack.workOff(bankImportQueue, (body) => importPage(JSON.parse(body), { pages: 1, pageSize: 2 }));
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ status: 'completed', matched: 3, returned: 3 });
    expect((await account(ahmed.id)).balance).toBe('0.00');
  });

  it('leaves to a person what the bank took back of a payment that was given back in part', async () => {
    await importCsv([`2026-06-10,50,G1,${ahmed.accountNumber},`]);
    const [{ id }] = await paymentsOf();
    const session = openSession(tenant);
    const payment = await session.require(paymentEntity, { id });
    const refunded = { status: 'partially_refunded', refundedAmount: '20.00' } as const;
    await session.transact('billing', (unit) => unit.update(paymentEntity, payment, refunded));
    expect(await importCsv(['2026-06-12,-50,G2,G1,'])).toMatchObject({ suspense: 1, outgoing: 0, returned: 0 });
    expect((await call('GET', '/suspense')).body.data).toMatchObject([
      { paymentId: id, amount: '-50.00', reason: expect.stringMatching(/^(partly_given_back|cannot_be_taken_back)$/) },
    ]);
  });

  it('pays an open invoice by name once: the same again waits for a person', async () => {
    await oweInvoice(tenant, salma.id, '777.00');
    const twice = ['2026-06-11,777,N1,,from Salma Omar', '2026-06-12,777,N2,,from Salma Omar'];
    const content = ['date,amount,id,reference,description', ...twice].join('\n');
    const { id } = (await call('POST', '', { bankAccount: 'main', content })).body.data;
    // A page for each, by one message: open invoices are read once.
    await stack.workOff(bankImportQueue, (body) => importPage(JSON.parse(body), { pageSize: 1 }));
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ matched: 1, suspense: 1 });
  });

  it('is not taken again for what a clerk entered by hand before', async () => {
    const byHand = await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId: ahmed.id, amount: '60', method: 'bank_transfer', externalReference: 'B60' },
    });
    const done = await importCsv(['2026-06-14,60,B60,,no name', '2026-06-14,61,B60,,no name']);
    expect(done).toMatchObject({ matched: 1, suspense: 1 });
    expect((await linesOf(done.id))[0]).toMatchObject({
      matchedBy: 'entered_before',
      paymentId: byHand.body.data.id,
    });
    expect(await paymentsOf()).toHaveLength(1);
  });
});

describe('a line in suspense', () => {
  const waiting = async () => {
    await importCsv(['2026-06-10,90,S1,,Who']);
    return (await call('GET', '/suspense')).body.data[0];
  };
  const enter = async (customerId: string, externalReference: string, amount = '90') => {
    const body = { customerId, amount, method: 'bank_transfer', externalReference };
    return (await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body })).body.data;
  };

  it('that a clerk entered by the bank’s number while it waited is that payment, and no second one', async () => {
    const { id } = await waiting();
    const entered = await enter(ahmed.id, 'S1');
    const other = await call('POST', `/lines/${id}/assign`, { customerId: salma.id });
    expect([other.status, JSON.stringify(other.body)]).toEqual([409, expect.stringContaining(entered.paymentNumber)]);
    const { status, body } = await call('POST', `/lines/${id}/assign`, { customerId: ahmed.id });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ status: 'matched', matchedBy: 'entered_before', paymentId: entered.id });
    expect(await paymentsOf()).toMatchObject([{ id: entered.id, bankLineId: id }]);
    expect((await account(ahmed.id)).balance).toBe('-90.00');
    expect(stack.events('bank_line.released').filter(({ tenantId }) => tenantId.S === tenant)).toHaveLength(1);
  });

  it('whose number the bank gave to another transfer as well finds its owner', async () => {
    const lines = [`2026-06-10,10,D1,${ahmed.accountNumber},`, `2026-06-10,11,D1,${salma.accountNumber},`];
    expect(await importCsv(lines)).toMatchObject({ matched: 1, suspense: 1 });
    const [{ id, amount }] = (await call('GET', '/suspense')).body.data;
    const owner = amount === '10.00' ? ahmed : salma;
    expect((await call('POST', `/lines/${id}/assign`, { customerId: owner.id })).status).toBe(200);
    expect([(await account(ahmed.id)).balance, (await account(salma.id)).balance]).toEqual(['-10.00', '-11.00']);
  });

  it('is assigned once, also by two at the same time', async () => {
    const { id } = await waiting();
    const assign = (customerId: string) => call('POST', `/lines/${id}/assign`, { customerId });
    const answers = await Promise.all([assign(ahmed.id), assign(salma.id), assign(ahmed.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await paymentsOf()).toHaveLength(1);
    expect((await call('GET', '/suspense')).body.data).toEqual([]);
    expect(stack.events('bank_line.released').filter(({ tenantId }) => tenantId.S === tenant)).toHaveLength(1);
    expect(await importCsv(['2026-06-10,90,S1,,Who'])).toMatchObject({ duplicates: 1 });
  });

  it('says why in both languages, by a code that stays until its owner is found', async () => {
    const line = await waiting();
    expect(line).toMatchObject({ status: 'suspense', reason: 'owner_unknown' });
    expect(line.reasonText).toEqual({
      en: expect.stringContaining('recognised'),
      ar: expect.stringContaining('السطر'),
    });
    expect(line).not.toHaveProperty('errorCode');
    const [event] = stack.events('bank_line.suspended').filter(({ tenantId }) => tenantId.S === tenant);
    expect(JSON.parse(event.payload.S)).toMatchObject({ id: line.id, reason: 'owner_unknown' });
    const { data } = (await call('POST', `/lines/${line.id}/assign`, { customerId: ahmed.id })).body;
    expect(data).not.toHaveProperty('reason');
  });

  it('shows no text of an error that it was stored with before there were codes', async () => {
    const rows: [string, string, object][] = [
      ['A', 'It could not be taken: connect ECONNREFUSED 10.0.0.7', { reason: 'not_taken' }],
      ['B', 'Another payment has the number that the bank gave it', { reason: 'number_taken' }],
    ];
    for (const [letter, outcome] of rows)
      await openSession(tenant).transact('billing', (unit) =>
        unit.create(bankLineEntity, {
          ...{ id: `bln_${letter.repeat(26)}`, importId: 'x', bankAccount: 'main', position: 1, date: '2026-06-10' },
          ...{ amount: '90.00', currency: 'YER', status: 'suspense', outcome },
        }),
      );
    const shown = (await call('GET', '/suspense')).body.data;
    expect(shown).toMatchObject(rows.map(([, , why]) => why));
    for (const line of shown) expect(line).not.toHaveProperty('outcome');
    const { data } = (await call('POST', `/lines/${shown[0].id}/assign`, { customerId: ahmed.id })).body;
    expect(data).not.toHaveProperty('outcome');
    await call('POST', `/lines/${shown[1].id}/dismiss`, { reason: 'Interest' });
    expect((await call('GET', '/suspense')).body.data).toEqual([]);
  });

  it('may be no customer’s', async () => {
    const { id } = await waiting();
    const dismissed = await call('POST', `/lines/${id}/dismiss`, { reason: 'Interest' });
    expect(dismissed.body.data).toMatchObject({ status: 'dismissed', outcome: 'Interest' });
    expect((await call('POST', `/lines/${id}/assign`, { customerId: ahmed.id })).status).toBe(409);
    expect((await call('POST', `/lines/${id}/dismiss`, { reason: 'Again' })).status).toBe(409);
    const told = stack.events('bank_line.dismissed').filter(({ tenantId }) => tenantId.S === tenant);
    expect(told.map(({ payload }) => JSON.parse(payload.S))).toMatchObject([
      { id, amount: '90.00', outcome: 'Interest' },
    ]);
  });

  it('of another tenant does not exist', async () => {
    const { id, importId } = await waiting();
    const foreign = (path: string, body?: object) =>
      stack.call('foreign', handler, body ? 'POST' : 'GET', `${base}${path}`, body ? { body } : {});
    expect((await foreign(`/lines/${id}/dismiss`, { reason: 'x' })).status).toBe(404);
    expect((await foreign(`/${importId}`)).status).toBe(404);
    expect((await foreign('/suspense')).body.data).toEqual([]);
    expect((await foreign('', { bankAccount: 'main', content: 'x' })).status).toBe(404);
  });
});

it('ids of lines do not depend on the file they come in', () => {
  const line = { position: 1, date: '2026-06-10', minor: 100n, bankId: 'X' };
  expect(lineIds('a', [line])).toEqual(lineIds('a', [{ ...line, position: 9 }]));
  expect(lineIds('a', [line])).not.toEqual(lineIds('b', [line]));
});
