/** Scheduled reports: one for an occurrence whoever ticks how often, told once to who may see it, and to nobody else. */
import { beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as settings } from '../messages/handler.ts';
import { handler as reports } from '../reports/handler.ts';
import { startTime, useBillingStack } from '../test-support/billing-stack.ts';
import { useDocumentBucket } from '../test-support/buckets.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useReportClock } from '../test-support/report-clock.ts';
import { scheduleEntity } from './schedule-entity.ts';
import { startDue } from './start-reports.ts';

const stack = useBillingStack();
const clock = useReportClock(stack);
useDocumentBucket();
const hour = 3_600_000;
const day = 24 * hour;
const daily = { name: 'Debt', report: { kind: 'ageing' }, repeat: { every: 'day' }, at: '06:00', language: 'en' };
let tenants = 0;
let tenant = '';
let userId = '';

beforeEach(async () => {
  tenant = `schedules-${++tenants}`;
  await stack.addTenant(tenant);
  userId = await clock.addUser(tenant);
  await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', {
    body: { publicUrl: 'https://api.utility.example' },
  });
  // Monday, 15 June 2026, at noon in Aden, or a day of a later test.
  stack.advance((day - ((Date.now() - startTime) % day)) % day);
});

const today = (ms = 0) => new Date(Date.now() + 3 * hour + ms).toISOString().slice(0, 10);
const owner = (id: string) => ({ subject: id });
/** From a tick to the mails. */
const goOn = async () => {
  const started = await clock.tick(tenant);
  await clock.work();
  await clock.tick(tenant);
  await clock.deliver();
  return started;
};
const mailsTo = (part: string) => clock.mails().filter(({ to }) => to.some((address) => address.includes(part)));
const mine = (id = userId) => mailsTo(id.slice(-6).toLowerCase());
const linkIn = (text = '') => /https:\/\/api\.utility\.example(\S+)/.exec(text)?.[1] ?? '';
const pdfOf = async (path: string) => {
  const { status, headers } = await open(`${path}/pdf`);
  expect(status).toBe(302);
  return (await (await fetch(headers['location']!)).text()).slice(0, 5);
};
const open = (path: string) => clock.call('', 'GET', path.replace('/api/billing/report-schedules', ''));

it('makes one report of the day before, mails a link once, and the link opens the table', async () => {
  const customerId = (
    await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Ahmed' } })
  ).body.data.id;
  await oweInvoice(tenant, customerId, '70.00', { dueDate: today(-40 * day) });
  const { id, nextRunAt } = await clock.add(tenant, { ...daily, recipients: [userId] });
  expect(nextRunAt).toBe(new Date(Date.now() + 15 * hour + 3 * hour).toISOString());
  expect(await clock.tick(tenant)).toBe(0);
  stack.advance(18 * hour);
  expect(await clock.tick(tenant, 3)).toBe(1);
  expect(await clock.runs(tenant, id)).toMatchObject([{ day: today(), status: 'running', to: today(-day) }]);
  await clock.work();
  await clock.tick(tenant, 2);
  await clock.deliver(2);
  await clock.deliver();
  expect(mine()).toHaveLength(1);
  const [run] = await clock.runs(tenant, id);
  expect(run).toMatchObject({ status: 'completed', mails: [{ userId, status: 'sent' }] });
  expect(stack.events('report.ready').map(({ payload }) => JSON.parse(payload.S))).toContainEqual(
    expect.objectContaining({ scheduleId: id, reportId: run.reportId, day: today(), kind: 'ageing' }),
  );
  const { text, html } = mine()[0]!;
  expect(html).toContain(`<a href="https://api.utility.example${linkIn(text)}"`);
  const table = await open(linkIn(text));
  expect([table.status, table.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(table.text).toContain('YER,residential,1,0.00,0.00,70.00');
  expect(html).toContain(`<a href="https://api.utility.example${linkIn(text)}/pdf"`);
  expect(await pdfOf(linkIn(text))).toBe('%PDF-');
});

it('writes Arabic from right to left, and gives an Arabic table', async () => {
  await clock.add(tenant, { ...daily, name: 'ديون', language: 'ar', recipients: [userId] });
  stack.advance(day);
  await goOn();
  const [{ subject, html, text } = { subject: '' }] = mine();
  expect(subject).toContain('ديون');
  expect(html).toContain('<html lang="ar" dir="rtl">');
  expect(html).toContain('أعمار الديون');
  expect((await open(linkIn(text))).text).toContain('العملة');
});

it('tells of money by the way it came where it is asked to', async () => {
  const report = { kind: 'collections', by: 'channel', routeId: 'R-BY' };
  const { id } = await clock.add(tenant, { ...daily, report });
  stack.advance(18 * hour);
  await goOn();
  const [run] = await clock.runs(tenant, id);
  expect(run).toMatchObject({ kind: 'collections', status: 'completed' });
  const made = await stack.call(tenant, reports, 'GET', `/api/billing/reports/${run.reportId}`);
  expect(made.body.data).toMatchObject({ ...report, from: today(-day), to: today(-day) });
  const wrong = { ...daily, report: { kind: 'ageing', by: 'channel' } };
  expect((await clock.call(tenant, 'POST', '', { body: wrong })).status).toBe(400);
});

describe('ticks', () => {
  it('that are missed for days are caught up by the newest occurrence alone', async () => {
    const { id } = await clock.add(tenant, daily);
    stack.advance(4 * day);
    expect(await clock.tick(tenant)).toBe(1);
    expect(await clock.tick(tenant)).toBe(0);
    expect((await clock.runs(tenant, id)).map(({ day: on }) => on)).toEqual([today()]);
    stack.advance(18 * hour);
    expect(await clock.tick(tenant)).toBe(1);
    expect((await clock.runs(tenant, id)).map(({ day: on }) => on)).toEqual([today(), today(-day)]);
  });

  it('that cannot be made keep no other from being made, and fail the tick, which is seen', async () => {
    const [broken, well] = [await clock.add(tenant, daily), await clock.add(tenant, daily)];
    const session = openSession(tenant);
    const stored = await session.require(scheduleEntity, { id: broken.id });
    const repeat = { every: 'week', on: 'someday' } as never;
    await session.transact('billing', (unit) => unit.update(scheduleEntity, stored, { repeat }));
    stack.advance(day);
    await expect(startDue(session)).rejects.toThrow(broken.id);
    expect(await clock.runs(tenant, well.id)).toHaveLength(1);
    expect((await clock.call(tenant, 'DELETE', `/${broken.id}`)).status).toBe(204);
    expect(await startDue(session)).toBe(0);
  });

  it('pass a paused schedule by, which makes up for nothing when it goes on', async () => {
    const { id } = await clock.add(tenant, daily);
    const pause = await clock.call(tenant, 'PUT', `/${id}`, { body: { isActive: false } });
    expect(pause.body.data.nextRunAt).toBeUndefined();
    stack.advance(3 * day);
    expect(await clock.tick(tenant)).toBe(0);
    await clock.call(tenant, 'PUT', `/${id}`, { body: { isActive: true } });
    expect(await clock.tick(tenant)).toBe(0);
    stack.advance(18 * hour);
    expect(await clock.tick(tenant)).toBe(1);
  });

  it('do not lose what fell due when the schedule is renamed before they come', async () => {
    const { id } = await clock.add(tenant, daily);
    stack.advance(18 * hour + 60_000);
    await clock.call(tenant, 'PUT', `/${id}`, { body: { name: 'Debts' } });
    expect(await clock.tick(tenant)).toBe(1);
    // Later on the same day: it had its report.
    await clock.call(tenant, 'PUT', `/${id}`, { body: { at: '06:30' } });
    stack.advance(hour);
    expect(await clock.tick(tenant)).toBe(0);
    expect(await clock.runs(tenant, id)).toHaveLength(1);
  });

  it('go on with a report whose messages were lost, and give one up that does not move', async () => {
    const { id } = await clock.add(tenant, { ...daily, recipients: [userId] });
    stack.advance(18 * hour);
    await clock.tick(tenant);
    await stack.workOff('billing-reports', async () => {});
    await clock.tick(tenant);
    stack.advance(hour);
    await clock.tick(tenant);
    await clock.work();
    await clock.tick(tenant);
    expect((await clock.runs(tenant, id))[0].status).toBe('completed');
    stack.advance(day);
    for (let tries = 0; tries < 7; tries++) {
      await clock.tick(tenant);
      await stack.workOff('billing-reports', async () => {});
      stack.advance(hour);
    }
    expect((await clock.runs(tenant, id))[0]).toMatchObject({ status: 'failed', failure: 'stuck' });
    await clock.deliver();
    expect(mine().at(-1)?.subject).toContain('could not be made');
  });
});

describe('weeks and losses', () => {
  it('report on the tenant’s week, from Saturday to Friday', async () => {
    const report = { kind: 'collection_rate' };
    const { id } = await clock.add(tenant, { ...daily, report, repeat: { every: 'week', on: 'sat' } });
    stack.advance(8 * day);
    expect(await clock.tick(tenant)).toBe(1);
    const [run] = await clock.runs(tenant, id);
    expect(new Date(run.day).getUTCDay()).toBe(6);
    expect((Date.parse(run.day) - Date.parse(run.from)) / day).toBe(7);
    expect((Date.parse(run.day) - Date.parse(run.to)) / day).toBe(1);
  });

  it('makes loss reports, of no area as well', async () => {
    const { id } = await clock.add(tenant, { ...daily, report: { kind: 'losses' }, recipients: [userId] });
    stack.advance(day);
    await goOn();
    expect((await clock.runs(tenant, id))[0]).toMatchObject({
      status: 'completed',
      from: today(-day),
      to: today(-day),
    });
    const link = linkIn(mine()[0]?.text);
    expect((await open(link)).text).toContain('Area,Kind');
    expect(await pdfOf(link)).toBe('%PDF-');
  });
});

describe('who gets it', () => {
  it('reads the number of the report where the tenant said nowhere how it is reached', async () => {
    tenant = `${tenant}-unreached`;
    await stack.addTenant(tenant);
    userId = await clock.addUser(tenant);
    const { id } = await clock.add(tenant, { ...daily, recipients: [userId] });
    stack.advance(day);
    await goOn();
    expect(mine()[0]?.text).toContain((await clock.runs(tenant, id))[0].reportId);
    expect(mine()[0]?.html).not.toContain('href');
  });

  it('is not kept from it by the address of another one, whose mail is tried again a while later', async () => {
    const other = await clock.addUser(tenant);
    await clock.add(tenant, { ...daily, recipients: [userId, other] });
    stack.advance(day);
    await clock.tick(tenant);
    await clock.work();
    await clock.tick(tenant);
    await clock.changeUser(tenant, userId, { email: 'refused' });
    expect(await clock.deliver()).toBe(1);
    expect(mine(other)).toHaveLength(1);
    await clock.changeUser(tenant, userId, { email: `${userId.slice(-6).toLowerCase()}@utility.example` });
    // Whoever began to send it may still be at it.
    expect(await clock.deliver()).toBe(1);
    expect(mine()).toHaveLength(0);
    stack.advance(6 * 60_000);
    await clock.deliver(2);
    expect([mine().length, mine(other).length]).toEqual([1, 1]);
  });

  it('is not who left, or lost the right, and somebody hears when nobody is left', async () => {
    const other = await clock.addUser(tenant);
    const { id } = await clock.add(tenant, { ...daily, recipients: [userId, other] });
    await clock.changeUser(tenant, userId, { status: 'inactive' });
    stack.advance(day);
    await goOn();
    expect([mine().length, mine(other).length]).toEqual([0, 1]);
    const link = linkIn(mine(other)[0]?.text);
    expect((await open(link)).status).toBe(200);
    await clock.changeUser(tenant, other, { roles: ['METER_READER'] });
    for (const path of [link, `${link}/pdf`]) expect((await open(path)).status).toBe(404);
    stack.advance(day);
    await goOn();
    expect((await clock.runs(tenant, id))[0].mails).toMatchObject([
      { status: 'skipped', reason: 'gone' },
      { status: 'skipped', reason: 'not_permitted' },
    ]);
    const alerts = stack.events('system.alert').map(({ payload }) => JSON.parse(payload.S).dedupeKey);
    expect(alerts).toContain(`report-schedule/${id}/recipients`);
    expect((await clock.call(tenant, 'PUT', `/${id}`, { body: { isActive: false } })).status).toBe(200);
    expect((await clock.call(tenant, 'PUT', `/${id}`, { body: { report: { kind: 'losses' } } })).status).toBe(422);
  });

  it('is nobody when the schedule was deleted meanwhile', async () => {
    const { id } = await clock.add(tenant, { ...daily, recipients: [userId] });
    stack.advance(day);
    await clock.tick(tenant);
    expect((await clock.call(tenant, 'DELETE', `/${id}`)).status).toBe(204);
    await clock.work();
    await clock.tick(tenant);
    await clock.deliver();
    expect(mine()).toHaveLength(0);
  });

  it('is nobody, nor is there an alert without an end, when the schedule of a report that fails was deleted', async () => {
    const { id } = await clock.add(tenant, daily);
    stack.advance(day);
    await clock.tick(tenant);
    expect((await clock.call(tenant, 'DELETE', `/${id}`)).status).toBe(204);
    for (let tries = 0; tries < 6; tries++) {
      await stack.workOff('billing-reports', async () => {});
      stack.advance(hour);
      await clock.tick(tenant);
    }
    const told = stack.events('report.failed').map(({ payload }) => JSON.parse(payload.S).scheduleId);
    expect(told).toContain(id);
    const alerts = stack.events('system.alert').map(({ payload }) => JSON.parse(payload.S).dedupeKey);
    expect(alerts).not.toContain(`report-schedule/${id}`);
  });

  it('has a link that ends after a week and is nothing to guess', async () => {
    await clock.add(tenant, { ...daily, recipients: [userId] });
    stack.advance(day);
    await goOn();
    const link = linkIn(mine()[0]?.text);
    for (const wrong of [`${link}x`, link.slice(0, -1), link.replace(tenant, 'schedules-1000'), link.split('.')[0]!])
      expect((await open(wrong)).status).toBe(404);
    stack.advance(6 * day);
    expect((await open(link)).status).toBe(200);
    stack.advance(2 * day);
    for (const path of [link, `${link}/pdf`]) expect((await open(path)).status).toBe(404);
  });
});

it('tells by alert and mail that an area of a loss report is gone', async () => {
  const { handler: areas } = await import('../losses/handler.ts');
  const path = '/api/billing/loss-areas';
  const body = { name: 'Feeder', kind: 'feeder', technicalLossPercent: '3', inputMeters: [] };
  const made = await stack.call(tenant, areas, 'POST', path, { body });
  expect(made.status).toBe(201);
  const areaIds = [made.body.data.id];
  const { id } = await clock.add(tenant, { ...daily, report: { kind: 'losses', areaIds }, recipients: [userId] });
  await stack.call(tenant, areas, 'DELETE', `${path}/${areaIds[0]}`);
  stack.advance(day);
  await goOn();
  const [run] = await clock.runs(tenant, id);
  expect(run).toMatchObject({ status: 'failed', failure: 'refused', detail: expect.stringContaining(areaIds[0]) });
  expect(mine()[0]?.text).toContain(areaIds[0]);
  const alerts = stack.events('system.alert').map(({ payload }) => JSON.parse(payload.S).dedupeKey);
  expect(alerts).toContain(`report-schedule/${id}`);
});

it('gives the reason in Arabic from right to left, as the rest of the mail', async () => {
  const { id } = await clock.add(tenant, { ...daily, language: 'ar', recipients: [userId] });
  const session = openSession(tenant);
  const stored = await session.require(scheduleEntity, { id });
  const report = { kind: 'losses' as const, areaIds: ['lar_01JGFJJZ00ABCDEFGHJKMNPQRS'] };
  await session.transact('billing', (unit) => unit.update(scheduleEntity, stored, { report }));
  stack.advance(day);
  await goOn();
  expect(mine()[0]?.html).toContain('لم يعد ممكنًا طلبه بهذه الصورة.');
  expect(mine()[0]?.html).not.toContain('ltr');
  const [run] = await clock.runs(tenant, id);
  expect(run.detail).toMatch(/^لا يوجد .*lar_01JGFJJZ00ABCDEFGHJKMNPQRS/);
});

describe('refused is', () => {
  it.each([
    { ...daily, at: '6:00' },
    { ...daily, repeat: { every: 'month', on: 32 } },
    { ...daily, repeat: { every: 'week' } },
    { ...daily, report: { kind: 'overview' } },
    { ...daily, report: { kind: 'ageing', areaIds: [] } },
  ])('%j', async (body) => expect((await clock.call(tenant, 'POST', '', { body })).status).toBe(400));

  it('a recipient who may not see it, has no confirmed address, or is somebody else’s', async () => {
    await stack.addTenant(`${tenant}-foreign`);
    const recipients = [
      await clock.addUser(tenant, { roles: ['METER_READER'] }),
      await clock.addUser(tenant, { emailVerifiedAt: '' as never }),
      await clock.addUser(`${tenant}-foreign`),
    ];
    await clock.changeUser(tenant, recipients[1]!, { emailVerifiedAt: null as never });
    for (const id of recipients) {
      const answer = await clock.call(tenant, 'POST', '', { body: { ...daily, recipients: [id] } });
      expect(answer.status).toBe(422);
      // Who has an address that is not confirmed is told how it gets so.
      expect(answer.text.includes('VERIFY_EMAIL')).toBe(id === recipients[1]);
    }
  });

  it('who may not start such a report, and who belongs elsewhere', async () => {
    const { id } = await clock.add(tenant, daily);
    const engineer = { ...owner(userId), permissions: ['billing:report-schedules:*', 'billing:losses:*'] };
    expect((await clock.call(tenant, 'POST', '', { body: daily, as: engineer })).status).toBe(403);
    const losses = { ...daily, report: { kind: 'losses' } };
    expect((await clock.call(tenant, 'POST', '', { body: losses, as: engineer })).status).toBe(201);
    expect((await clock.call(tenant, 'PUT', `/${id}`, { body: { name: 'x' }, as: engineer })).status).toBe(403);
    // Nor is somebody else's report ended by making another of it.
    const { report } = losses;
    expect((await clock.call(tenant, 'PUT', `/${id}`, { body: { report }, as: engineer })).status).toBe(403);
    expect((await clock.call(tenant, 'DELETE', `/${id}`, { as: engineer })).status).toBe(403);
    for (const path of [`/${id}`, `/${id}/runs`, `/${id}/history`])
      expect((await clock.call(`${tenant}-else`, 'GET', path)).status).toBe(404);
  });
});
