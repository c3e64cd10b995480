/** Billing runs over many customers: whatever is delivered how often, each is billed once. */
import { beforeAll, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { crashingWorker } from '../test-support/crash-everywhere.ts';
import { billPage } from './bill-page.ts';
import { billingQueue, type RunMessage } from './start-run.ts';

const stack = useBillingStack();
const tenant = 'runs';
const count = 60;
const period = { from: '2026-04-01', to: '2026-05-01' };
const generate = async (body: object) =>
  (await stack.call(tenant, invoices, 'POST', '/api/billing/invoices/generate', { body: { period, ...body } })).body
    .data;
const runOf = async (id: string) =>
  (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/runs/${id}`)).body.data;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const tariff = (await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body: { code: 'T', name: 'T' } }))
    .body.data.id;
  const components = [{ kind: 'energy', code: 'energy', label: { en: 'e', ar: 'ط' }, blocks: [{ rate: '5' }] }];
  await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${tariff}/versions`, {
    body: { from: '2020-01-01', currency: 'YER', components },
  });
  for (let i = 0; i < count; i++) {
    const meterId = `RUN-${i}`;
    await stack.addMeter(tenant, meterId);
    // Every tenth was never read.
    if (i % 10 !== 0)
      await stack.read(tenant, meterId, [
        ['2026-04-01T00:00', 0],
        ['2026-05-01T00:00', 100 + i],
      ]);
    const { id } = (
      await stack.call(tenant, customers, 'POST', '/api/billing/customers', {
        body: { name: meterId, ...(i < 10 ? { routeId: 'R-1' } : {}) },
      })
    ).body.data;
    await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
      body: { customerId: id, meterId, tariffId: tariff, from: '2026-04-01' },
    });
  }
});

it('a route is billed alone', async () => {
  const { run } = await generate({ routeId: 'R-1' });
  expect(run.status).toBe('running');
  await stack.workOffRuns();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 9, problems: 1, nothingToBill: 0 });
});

it('the base is billed once by two runs at the same time whose messages all come three times', async () => {
  const [first, second] = [await generate({}), await generate({})];
  await stack.workOffRuns(3);
  const [one, two] = [await runOf(first.run.id), await runOf(second.run.id)];
  expect([one.status, two.status]).toEqual(['completed', 'completed']);
  const made = stack.tables.scan('billing').filter((item) => item['_type'].S === 'invoice');
  expect(made).toHaveLength(count * 0.9);
  expect(new Set(made.map((item) => item['customerId']!.S)).size).toBe(count * 0.9);
  const problems = (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/runs/${first.run.id}/problems`))
    .body.data;
  expect(problems.map(({ meterId }: any) => meterId).sort()).toEqual([
    'RUN-0',
    'RUN-10',
    'RUN-20',
    'RUN-30',
    'RUN-40',
    'RUN-50',
  ]);
  expect(problems[0]).toMatchObject({ reason: 'no_readings', customerId: expect.stringMatching(/^cus_/) });
}, 90_000);

it('what was missing is billed by the next run', async () => {
  for (const i of [0, 10, 20, 30, 40, 50])
    await stack.read(tenant, `RUN-${i}`, [
      ['2026-04-01T00:00', 0],
      ['2026-05-01T00:00', 50],
    ]);
  const { run } = await generate({});
  await stack.workOffRuns();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 6, problems: 0, nothingToBill: 54 });
});

it('a run of another tenant does not exist', async () => {
  const { run } = await generate({});
  await stack.addTenant('foreign-runs');
  expect((await stack.call('foreign-runs', invoices, 'GET', `/api/billing/invoices/runs/${run.id}`)).status).toBe(404);
  await stack.workOffRuns();
});

it('goes on where two do a page at once and the one who was first dies before handing on', async () => {
  const { run } = await generate({ routeId: 'R-1' });
  const worker = crashingWorker(1);
  const page = (body: string) => billPage(JSON.parse(body) as RunMessage, 3);
  let isFirst = true;
  await stack.workOff(
    billingQueue,
    async (body) => {
      if (!isFirst) return page(body);
      isFirst = false;
      worker.dieAt('send before');
      // One message, delivered twice: who came second has it acknowledged.
      const ends = (await Promise.allSettled([page(body), page(body)])).map(({ status }) => status);
      expect(ends.sort()).toEqual(['fulfilled', 'rejected']);
    },
    { seconds: 300 },
  );
  worker.restore();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', nothingToBill: 10 });
});
