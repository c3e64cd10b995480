/** From a meter on MQTT to money in the books, on the running platform: readings, invoice, payment, journal, and a relay that is switched. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectMeter, type MeterClient } from '../support/meter-client.ts';
import { type Api, apiWith, eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';

let mizan: Mizan;
let meter: MeterClient;
let api: Api;

/** The last whole month of the tenant's zone, Asia/Aden (UTC+3, no daylight saving). */
const now = new Date(Date.now() + 3 * 3_600_000);
const monthStart = (monthsAgo: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsAgo, 1)).toISOString().slice(0, 10);
const period = { from: monthStart(1), to: monthStart(0) };
const midnight = (day: string): number => Date.parse(`${day}T00:00:00+03:00`);

const meterId = 'CASH-1';
let customerId: string;

beforeAll(async () => {
  mizan = await startMizan({ meters: 0 });
  api = mizan.north.api;
  meter = await connectMeter(mizan.platform.endpoints.mqttUrl, mizan.north.apiKey);
  expectOk(await api('POST', '/api/core/accounts/load-standard-chart', {}));
  expectOk(await api('POST', '/api/core/posting-rules/load-standard', {}));
  const { stationId } = mizan.north;
  expectOk(
    await api('POST', '/api/billing/meters', {
      id: meterId,
      model: 'ADL200',
      stationId,
      initialRegisterKwh: '1000',
      installedAt: new Date(midnight(period.from)).toISOString(),
    }),
  );
  const tariff = expectOk(await api('POST', '/api/billing/tariffs', { code: 'RES', name: 'Residential' })).data;
  expectOk(
    await api('POST', `/api/billing/tariffs/${tariff.id}/versions`, {
      from: '2020-01-01',
      currency: 'YER',
      components: [
        { kind: 'fixed', code: 'service', label: { en: 'Service', ar: 'خدمة' }, amount: '300' },
        {
          kind: 'energy',
          code: 'energy',
          label: { en: 'Energy', ar: 'طاقة' },
          blocks: [{ upTo: '100', rate: '5' }, { rate: '8' }],
        },
      ],
    }),
  );
  customerId = expectOk(await api('POST', '/api/billing/customers', { name: 'Ahmed Saleh', nameAr: 'أحمد صالح' })).data
    .id;
  expectOk(await api('POST', '/api/billing/supplies', { customerId, meterId, tariffId: tariff.id, from: period.from }));
});
afterAll(async () => {
  await meter?.close();
  await mizan?.stop();
});

it('readings become an invoice, a payment settles it, and the books balance', async () => {
  const { stationId } = mizan.north;
  await meter.publishReading(stationId, meterId, 1080, midnight(period.from) + 12 * 86_400_000);
  await meter.publishReading(stationId, meterId, 1150, midnight(period.to));
  await eventually(
    async () => (await api('GET', `/api/billing/meters/${meterId}/readings?from=${period.from}T00:00:00Z`)).json.data,
    (readings) => readings?.length >= 2,
  );

  // The whole base, in the background; then once more, which finds nothing left.
  const { run } = expectOk(await api('POST', '/api/billing/invoices/generate', { period })).data;
  const done = await eventually(
    async () => (await api('GET', `/api/billing/invoices/runs/${run.id}`)).json.data,
    (state) => state.status === 'completed',
  );
  expect(done).toMatchObject({ invoices: 1, problems: 0 });
  const again = expectOk(await api('POST', '/api/billing/invoices/generate', { period, customerId })).data;
  expect(again).toMatchObject({ invoices: [], problems: [] });

  // 300 + 100 × 5 + 50 × 8
  const [invoice] = expectOk(await api('GET', `/api/billing/customers/${customerId}/invoices`)).data;
  expect(invoice).toMatchObject({ totalAmount: '1200.00', status: 'issued', period });

  expectOk(await api('POST', '/api/billing/payments', { customerId, amount: '1500', method: 'cash' }));
  const settled = expectOk(await api('GET', `/api/billing/invoices/${invoice.id}`)).data;
  expect(settled).toMatchObject({ status: 'paid', dueAmount: '0.00' });
  const [balance] = expectOk(await api('GET', `/api/billing/customers/${customerId}/balance`)).data;
  expect(balance).toMatchObject({ balance: '-300.00', advance: '300.00' });

  const entries = await eventually(
    async () => (await api('GET', '/api/core/journal-entries?status=posted')).json.data,
    (posted) => posted?.length >= 2,
  );
  expect(entries.map(({ description }: any) => description).sort()).toEqual([
    expect.stringContaining('Invoice'),
    expect.stringContaining('Payment'),
  ]);
  const trial = expectOk(await api('GET', '/api/finance/reports/trial-balance')).data;
  expect(JSON.stringify(trial)).toContain('1200.00');
  expect((await api('GET', '/api/core/failed-postings')).json.data).toEqual([]);
});

it('a second person has a meter disconnected, which the meter does and says', async () => {
  const { stationId, email, password } = mizan.north;
  const heard: any[] = [];
  await meter.mqtt.subscribeAsync(`acrel/${stationId}/meter/${meterId}/command`, { qos: 1 });
  meter.mqtt.on('message', (topic, payload) => {
    const command = JSON.parse(payload.toString());
    heard.push(command);
    const status = {
      event_type: 'status_change',
      timestamp: new Date().toISOString(),
      meter_id: meterId,
      previous_status: 'connected',
      new_status: command.command === 'relay_off' ? 'disconnected' : 'connected',
      reason: 'remote_command',
    };
    void meter.publish(topic.replace(/command$/, 'status'), JSON.stringify(status));
  });
  const { id } = expectOk(
    await api('POST', '/api/billing/meter-commands', { meterId, command: 'disconnect', reason: 'Moved out' }),
  ).data;
  // The key's own maker cannot approve what the key asked for.
  const login = expectOk(
    await apiWith(mizan.platform.endpoints.restUrl)('POST', '/api/v1/auth/login', { email, password }),
  );
  const owner = apiWith(mizan.platform.endpoints.restUrl, login.accessToken);
  expect((await owner('POST', `/api/billing/meter-commands/${id}/approve`, {})).status).toBe(403);
  const colleague = await secondPerson(owner);
  expectOk(await colleague('POST', `/api/billing/meter-commands/${id}/approve`, {}));
  const confirmed = await eventually(
    async () => (await api('GET', `/api/billing/meter-commands/${id}`)).json.data,
    (command) => command.status === 'confirmed',
  );
  expect(confirmed).toMatchObject({ confirmedBy: 'status', attempts: 1 });
  expect(heard).toMatchObject([{ command: 'relay_off', command_id: id, source: 'billing_system' }]);
});

/** Added by the owner, and let in once the password is his own. */
async function secondPerson(owner: Api): Promise<Api> {
  const email = 'second@north.example';
  const given = 'correct horse battery staple';
  const own = 'staple battery horse correct';
  const url = mizan.platform.endpoints.restUrl;
  const logIn = async (password: string): Promise<Api> =>
    apiWith(url, expectOk(await apiWith(url)('POST', '/api/v1/auth/login', { email, password })).accessToken);
  const made = expectOk(
    await owner('POST', '/api/core/users', { name: 'Second', email, password: given, roles: ['MANAGER'] }),
  );
  const first = await logIn(given);
  const body = { currentPassword: given, newPassword: own };
  expectOk(await first('PUT', `/api/core/users/${made.data.id}/password`, body));
  return logIn(own);
}
