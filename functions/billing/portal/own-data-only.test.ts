/**
 * Every route of the portal and of the app, called by everybody who must not see a customer's data. The cases come from the
 * route tables: a route that is added is attacked without anybody remembering to.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import type { Route } from '../../../layers/kernel/http/route.ts';
import type { HandlerAnswer } from '../../../test/support/call-handler.ts';
import { checkoutEntity } from '../checkouts/checkout-entity.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { customerMessageEntity } from '../messages/message-entity.ts';
import { handler as payments } from '../payments/handler.ts';
import { writeVend } from '../prepaid/request-vend.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { usePortalStack } from '../test-support/portal-stack.ts';
import { handler as app } from './app-handler.ts';
import { customerApp } from './app-routes.ts';
import { handler as portal } from './handler.ts';
import { portal as portalRoutes } from './routes.ts';

const stack = usePortalStack();
const user = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const mark = 'VICTIM';
const ids: Record<string, string> = {};
let account: string;

interface Case {
  name: string;
  route: Route;
  mount: { base: string; handler: typeof portal };
}
const casesOf = (routes: Record<string, Route>, mount: Case['mount']): Case[] =>
  Object.entries(routes).map(([name, route]) => ({ name, route, mount }));
const cases: Case[] = [
  ...casesOf(portalRoutes.routes, { base: portalRoutes.base, handler: portal }),
  ...casesOf(customerApp.routes as Record<string, Route>, { base: customerApp.base, handler: app as typeof portal }),
];
/** What needs a customer behind the caller; the others are about the caller alone. */
const isOfCustomer = ({ route }: Case): boolean =>
  'account' in ((route.query as { shape?: object } | undefined)?.shape ?? {});

/** Bodies that would be taken from the victim, by the last words of the operation's name. */
const bodies: Record<string, () => object> = {
  updateOwnCustomer: () => ({ language: 'en' }),
  updateOwnPreferences: () => ({ channels: ['email'] }),
  payNow: () => ({ amount: '10', invoiceIds: [ids['inv']] }),
  quoteOwnToken: () => ({ supplyId: ids['sup'], amount: '10' }),
  buyToken: () => ({ supplyId: ids['sup'], amount: '10' }),
  openOwnTicket: () => ({ subject: 'A', description: 'B', category: 'other', attachmentIds: [ids['att']] }),
  uploadOwnTicketFiles: () => ({ files: [{ filename: 'a.txt', contentType: 'text/plain', sizeBytes: 1 }] }),
  replyToOwnTicket: () => ({ text: 'x', attachmentIds: [ids['att']] }),
  rateOwnTicket: () => ({ rating: 1 }),
  requestAccountLink: () => ({ accountNumber: 'NONE' }),
  confirmAccountLink: () => ({ accountNumber: 'NONE', code: '123456' }),
  registerOwnDevice: () => ({ token: 'x'.repeat(20), platform: 'ios' }),
};
const bodyOf = (name: string): object | undefined =>
  Object.entries(bodies).find(([end]) => name === end || name === `app${end[0]!.toUpperCase()}${end.slice(1)}`)?.[1]();

/** Whose id stands in a path, by what is before it: a path with another parameter must be named here to be attacked. */
const victims: [RegExp, string][] = [
  [/\/invoices\/\{id\}/, 'inv'],
  [/\/payments\/\{id\}/, 'pay'],
  [/\/checkouts\/\{id\}/, 'chk'],
  [/\/tokens\/\{id\}/, 'vnd'],
  [/\/tickets\/\{id\}/, 'tkt'],
  [/\/attachments\/\{attachmentId\}/, 'att'],
  [/\/accounts\/\{customerId\}/, 'cus'],
  [/\/devices\/\{deviceId\}/, 'dev'],
];
const filled = (path: string): string => {
  const named = victims.reduce(
    (rest, [part, kind]) => rest.replace(part, (found) => found.replace(/\{.*\}/, ids[kind]!)),
    path,
  );
  if (named.includes('{')) throw new Error(`Whose id is in ${path}? Name it in this test.`);
  return named;
};
/** Routes that take somebody's ids in their body are answered with 404 for another's. */
const withIdsInBody = ['payNow', 'quoteOwnToken', 'buyToken'];
/** Attachments are named in bodies, and one that is another's makes the request wrong. */
const withAttachments = ['openOwnTicket', 'replyToOwnTicket'];
const isOneOf = (names: readonly string[], name: string): boolean =>
  names.some((each) => name === each || name === `app${each[0]!.toUpperCase()}${each.slice(1)}`);

const questionsOf = (route: Route): string[] =>
  Object.keys((route.query as { shape?: object } | undefined)?.shape ?? {});
/** What may be asked without naming anything of anybody. */
const harmless = ['account', 'language', 'from', 'to', 'currency', 'interval', 'month', 'status'];
/** Ids of the victim that a question may name. */
const namedInQuestions: Record<string, string> = { supplyId: 'sup' };
const named = (route: Route): [string, string][] =>
  questionsOf(route).flatMap((key) => (key in namedInQuestions ? [[key, ids[namedInQuestions[key]!]!]] : []));

const attack = (tenant: string, { name, route, mount }: Case, as: object, more: Record<string, string> = {}) => {
  const query = { ...Object.fromEntries(named(route)), ...more };
  return stack.call(tenant, mount.handler, route.method, mount.base + filled(route.path), {
    ...{ as, query, body: bodyOf(name) },
  });
};

/** Nothing of the victim, and no crash. */
function expectNothing(answer: HandlerAnswer, name: string): void {
  expect(answer.status, `${name}: ${answer.text}`).toBeLessThan(500);
  expect(answer.text, name).not.toContain(mark);
}
const rows = () =>
  JSON.stringify([stack.tables.scan('billing'), stack.tables.scan('support')].map((all) => all.filter(isOfVictim)));
const isOfVictim = (row: Record<string, any>): boolean =>
  JSON.stringify(row).includes(ids['cus']!) && row['_type']?.S !== 'outbox';

async function makeCustomer(tenant: string, name: string, meterId: string) {
  const body = { name, routeId: meterId };
  const made = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data;
  await stack.addMeter(tenant, meterId);
  return made;
}

beforeAll(async () => {
  for (const tenant of ['north', 'south']) await stack.addTenant(tenant);
  for (const n of [1, 2, 3, 4]) await stack.addUser('north', user(n));
  await stack.addUser('south', user(1));
  const call = async (handler: typeof portal, path: string, body: object) =>
    (await stack.call('north', handler as never, 'POST', path, { body })).body.data;
  const tariffId = (await call(tariffs as never, '/api/billing/tariffs', { code: 'T', name: 'T' })).id;
  const components = [{ kind: 'energy', code: 'energy', label: { en: 'e', ar: 'ط' }, blocks: [{ rate: '5' }] }];
  const version = { from: '2020-01-01', currency: 'YER', components };
  await call(tariffs as never, `/api/billing/tariffs/${tariffId}/versions`, version);
  const victim = await makeCustomer('north', `${mark} name`, `${mark}-METER`);
  ids['cus'] = victim.id;
  account = victim.accountNumber;
  const supply = { customerId: victim.id, meterId: `${mark}-METER`, tariffId, from: '2026-03-01' };
  ids['sup'] = (await call(supplies as never, '/api/billing/supplies', supply)).id;
  await stack.read('north', `${mark}-METER`, [
    ['2026-03-01T00:00', 0],
    ['2026-05-01T00:00', 60],
  ]);
  const period = { from: '2026-03-01', to: '2026-05-01' };
  await call(invoices as never, '/api/billing/invoices/generate', { routeId: `${mark}-METER`, period });
  await stack.workOffRuns();
  const query = { customerId: victim.id };
  ids['inv'] = (await stack.call('north', invoices, 'GET', '/api/billing/invoices', { query })).body.data[0].id;
  ids['pay'] = (
    await call(payments as never, '/api/billing/payments', { customerId: victim.id, amount: '10', method: 'cash' })
  ).id;
  const attacker = await makeCustomer('north', 'Attacker', 'A-METER');
  const southern = await makeCustomer('south', 'Southern', 'S-METER');
  for (const [tenant, customerId, n] of [
    ['north', victim.id, 1],
    ['north', attacker.id, 2],
    ['south', southern.id, 1],
  ] as const)
    await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}/portal-access/${user(n)}`);
  const asVictim = { as: { subject: user(1), permissions: ['portal:*'] } };
  const own = (method: string, path: string, body?: object) =>
    stack.call('north', portal, method, `/api/portal${path}`, { ...asVictim, body });
  const files = [{ filename: `${mark}.txt`, contentType: 'text/plain', sizeBytes: 4 }];
  const upload = (await own('POST', '/support/uploads', { files })).body.data.uploads[0];
  ids['att'] = upload.attachmentId;
  await fetch(upload.url, { method: 'PUT', body: 'file', headers: { 'content-type': 'text/plain' } });
  const ticket = { subject: mark, description: mark, category: 'other', attachmentIds: [ids['att']] };
  ids['tkt'] = (await own('POST', '/support/tickets', ticket)).body.data.id;
  await own('POST', `/support/tickets/${ids['tkt']}/messages`, { text: mark });
  ids['chk'] = `chk_${'0'.repeat(26)}`;
  ids['vnd'] = `vnd_${'0'.repeat(26)}`;
  const device = { token: `${mark}-push-token-0123456789`, platform: 'android' };
  ids['dev'] = (await own('POST', '/devices', device)).body.data.id;
  const about = { customerId: victim.id, currency: 'YER', amount: '7.00' };
  const texts = { language: 'ar', reference: mark, text: mark, subject: mark, channel: 'email' } as const;
  await openSession('north').transact('billing', (unit) => {
    const now = new Date().toISOString();
    const checkout = {
      purpose: 'debt',
      status: 'pending',
      description: mark,
      payer: { name: mark },
      payBy: now,
    } as const;
    unit.create(checkoutEntity, { ...about, ...checkout, id: ids['chk']! });
    const message = { status: 'sent', template: 'payment_received', requestedAt: now, tries: 0 } as const;
    unit.create(customerMessageEntity, { ...texts, ...message, id: `msg_${'0'.repeat(26)}`, customerId: victim.id });
    const token = {
      kind: 'credit',
      status: 'vended',
      meterNumber: mark,
      tokens: ['1'.repeat(20)],
      attempts: 1,
    } as const;
    const vend = { ...about, ...token, tokens: [...token.tokens], requestedAt: now };
    writeVend(unit, { ...vend, id: ids['vnd']!, meterId: `${mark}-METER` });
  });
});

describe('every route', () => {
  it('is in the portal and in the app alike', () => {
    expect(Object.keys(customerApp.routes)).toHaveLength(Object.keys(portalRoutes.routes).length);
    const paths = (routes: Record<string, Route>) =>
      Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(paths(customerApp.routes as Record<string, Route>)).size).toBe(cases.length / 2);
  });

  it('asks for a permission of the portal, and has a body here when it takes one', () => {
    for (const { name, route } of cases) {
      expect(route.access, name).toMatch(/^portal:[a-z]+:(read|write)$/);
      if (route.body !== undefined) expect(bodyOf(name), name).toBeDefined();
      const known = [...harmless, ...Object.keys(namedInQuestions)];
      expect(
        questionsOf(route).filter((key) => !known.includes(key)),
        name,
      ).toEqual([]);
    }
    expect(cases.filter(isOfCustomer).length).toBeGreaterThan(30);
  });

  it('that only reads shows the customer the own data, so that the attacks below have something to find', async () => {
    const as = { subject: user(1), permissions: ['portal:*'] };
    for (const each of cases.filter((each) => each.route.method === 'GET' && isOfCustomer(each))) {
      const answer = await attack('north', each, as);
      expect(answer.status, each.name).toBe(200);
      if (
        !/(Preferences|Neighbours|Consumption|Payments|Pdf|Receipt|Slip|Limits|Statement|CollectiveBill)$/.test(
          each.name,
        )
      )
        expect(answer.text, each.name).toContain(mark);
    }
  });

  it.each(cases.map((each) => [`${each.route.method} ${each.mount.base}${each.route.path}`, each] as const))(
    '%s gives nothing of another customer',
    async (_, each) => {
      const before = rows();
      const limits = { perMinute: 1e6, perDay: 1e6 };
      const portalUser = (n: number) => ({ subject: user(n), permissions: ['portal:*'], limits });
      // Another customer of the utility, and one who names the victim's account.
      const another = await attack('north', each, portalUser(2));
      expectNothing(another, each.name);
      if (isOfCustomer(each)) {
        expect((await attack('north', each, portalUser(2), { account })).status, each.name).toBe(404);
        // Nobody's user; staff without and with the permission; a key of the victim's own.
        expect((await attack('north', each, portalUser(3))).status, each.name).toBe(403);
        const staff = ['billing:*', 'support:*', 'identity:*', 'metering:*'];
        expect((await attack('north', each, { subject: user(1), permissions: staff })).status, each.name).toBe(403);
        const key = { kind: 'api_key', subject: 'key_1', permissions: ['portal:*'] };
        expect((await attack('north', each, key)).status, each.name).toBe(403);
        expect((await attack('north', each, { ...portalUser(1), kind: 'api_key' })).status, each.name).toBe(403);
      }
      // The same user id at another utility.
      expectNothing(await attack('south', each, portalUser(1)), each.name);
      if (isOfCustomer(each))
        expect((await attack('south', each, portalUser(1), { account })).status, each.name).toBe(404);
      if (each.route.path.includes('{') || named(each.route).length > 0 || isOneOf(withIdsInBody, each.name))
        expect(another.status, each.name).toBe(404);
      if (isOneOf(withAttachments, each.name)) expect(another.status, each.name).toBeGreaterThanOrEqual(400);
      expect(rows(), each.name).toBe(before);
    },
  );

  it('takes no file of another customer into a ticket or a reply, and gives none under an own ticket', async () => {
    const call = (n: number, method: string, path: string, body?: object) =>
      stack.call('north', portal, method, `/api/portal/support${path}`, {
        as: { subject: user(n), permissions: ['portal:*'] },
        ...(body ? { body } : {}),
      });
    const files = [{ filename: `${mark}.txt`, contentType: 'text/plain', sizeBytes: 4 }];
    const { attachmentId, url } = (await call(1, 'POST', '/uploads', { files })).body.data.uploads[0];
    await fetch(url, { method: 'PUT', body: 'file', headers: { 'content-type': 'text/plain' } });
    const ticket = { subject: 'A', description: 'B', category: 'other' };
    const { id } = (await call(2, 'POST', '/tickets', ticket)).body.data;
    // Uploaded and in no ticket yet; in a ticket of its owner; unknown: all the same.
    for (const attachment of [attachmentId, ids['att'], `att_${'0'.repeat(26)}`]) {
      const attachmentIds = [attachment];
      expect((await call(2, 'POST', '/tickets', { ...ticket, attachmentIds })).status).toBe(404);
      expect((await call(2, 'POST', `/tickets/${id}/messages`, { text: 'x', attachmentIds })).status).toBe(404);
      expect((await call(2, 'GET', `/tickets/${id}/attachments/${attachment}`)).status).toBe(404);
    }
    expect((await call(1, 'POST', '/tickets', { ...ticket, attachmentIds: [attachmentId] })).status).toBe(201);
  });

  it('is shut when access has ended', async () => {
    const path = `/api/billing/customers/${ids['cus']}/portal-access/${user(4)}`;
    await stack.call('north', customers, 'PUT', path);
    const as = { subject: user(4), permissions: ['portal:*'] };
    const profile = cases.find(({ name }) => name === 'getOwnCustomer')!;
    expect((await attack('north', profile, as)).text).toContain(mark);
    await stack.call('north', customers, 'DELETE', path);
    for (const each of cases.filter(isOfCustomer))
      expect((await attack('north', each, as)).status, each.name).toBe(403);
  });
});
