/** Tickets over their handler: life, clocks, races, files, and what other tenants see of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as settings } from '../settings/handler.ts';
import { watchTenant } from '../sla/watch-tickets.ts';
import { useSupportStack } from '../test-support/support-stack.ts';
import { customerTickets } from './customer-tickets.ts';
import { handler } from './handler.ts';

const stack = useSupportStack();
const hour = 3_600_000;
const agent = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const customer = (n: number): string => `cus_${String(n).padStart(26, '0')}`;
const as = (n: number) => ({ subject: agent(n), name: `Agent ${n}` });
const call = (method: string, path: string, body?: unknown, more: object = {}) =>
  stack.call('t1', handler, method, `/api/tickets${path}`, { body, as: as(1), ...more });
const open = async (more: object = {}) =>
  (await call('POST', '', { subject: 'Dark', description: 'No light', category: 'outage', ...more })).body.data;
const tooLong = 'x'.repeat(5001);
const writer = (n: number) => ({ customerId: customer(n), userId: `usr_C${n}`, name: `Customer ${n}` });

beforeAll(async () => {
  for (const tenant of ['t1', 't2']) await stack.addTenant(tenant);
  for (const n of [1, 2]) {
    await stack.addUser('t1', agent(n));
    await stack.addCustomer('t1', customer(n));
  }
});

describe('a ticket', () => {
  it('is opened with a number, due times by priority, and its event', async () => {
    const made = await open({ customerId: customer(1), priority: 'urgent' });
    expect(made).toMatchObject({ status: 'open', channel: 'phone', openedBy: agent(1), messageCount: 0 });
    expect(made.ticketNumber).toMatch(/^TK-[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(Date.parse(made.firstResponseDueAt) - Date.parse(made.createdAt)).toBe(hour);
    expect(Date.parse(made.resolutionDueAt) - Date.parse(made.createdAt)).toBe(8 * hour);
    expect(JSON.stringify(stack.events('ticket.created').at(-1))).toContain(made.id);
    const byNumber = await call('GET', '', undefined, { query: { ticketNumber: made.ticketNumber } });
    expect(byNumber.body.data.map(({ id }: any) => id)).toEqual([made.id]);
    expect((await call('GET', '', undefined, { query: { customerId: customer(1) } })).body.data[0].id).toBe(made.id);
  });

  it.each([
    [{ subject: '' }, 400],
    [{ category: 'unknown' }, 422],
    [{ priority: 'soon' }, 400],
    [{ customerId: customer(9) }, 404],
    [{ description: tooLong }, 400],
    [{ attachmentIds: [`att_${'0'.repeat(26)}`] }, 404],
  ])('is not opened with %.60j', async (more, status) => {
    const body = { subject: 'A', description: 'B', category: 'other', ...more };
    expect((await call('POST', '', body)).status).toBe(status);
  });

  it('goes from status to status as allowed, and a closed one stays closed', async () => {
    const { id } = await open();
    const to = (status: string) => call('POST', `/${id}/status`, { status });
    expect((await to('in_progress')).body.data.status).toBe('in_progress');
    expect((await to('closed')).status).toBe(400);
    expect((await to('resolved')).body.data.resolvedAt).toBeDefined();
    expect((await to('waiting_customer')).status).toBe(409);
    expect((await to('open')).body.data.resolvedAt).toBeUndefined();
    expect((await call('POST', `/${id}/close`)).body.data).toMatchObject({ status: 'closed' });
    for (const status of ['open', 'in_progress', 'resolved']) expect((await to(status)).status).toBe(409);
    expect((await call('POST', `/${id}/messages`, { text: 'more' })).status).toBe(409);
    expect((await call('PUT', `/${id}`, { priority: 'low' })).status).toBe(409);
    const history = await call('GET', `/${id}/history`);
    expect(history.body.data.length).toBeGreaterThanOrEqual(4);
  });

  it('stops the clock of the solution while the customer is waited for', async () => {
    const { id, resolutionDueAt } = await open();
    await call('POST', `/${id}/status`, { status: 'waiting_customer' });
    stack.advance(5 * hour);
    const back = (await call('POST', `/${id}/status`, { status: 'in_progress' })).body.data;
    expect(Date.parse(back.resolutionDueAt) - Date.parse(resolutionDueAt)).toBe(5 * hour);
    expect(back.waitingSince).toBeUndefined();
    // Neither another priority nor a person's escalation takes that time away again.
    const raised = (await call('PUT', `/${id}`, { priority: 'high' })).body.data;
    expect(Date.parse(raised.resolutionDueAt) - Date.parse(raised.createdAt)).toBe(29 * hour);
  });

  it('does not count the time it was held for solved when it opens again', async () => {
    const { id, resolutionDueAt } = await open();
    await call('POST', `/${id}/status`, { status: 'resolved' });
    stack.advance(200 * hour);
    const again = (await call('POST', `/${id}/status`, { status: 'open' })).body.data;
    expect(Date.parse(again.resolutionDueAt) - Date.parse(resolutionDueAt)).toBe(200 * hour);
  });

  it('is assigned to a user of the tenant; whoever saw an older version is refused', async () => {
    const { id, version } = await open();
    const assign = (assigneeId: string | null, headers = {}) =>
      call('POST', `/${id}/assign`, { assigneeId }, { headers });
    expect((await assign(agent(2), { 'if-match': `"${version}"` })).body.data.assigneeId).toBe(agent(2));
    expect((await assign(agent(1), { 'if-match': `"${version}"` })).status).toBe(412);
    expect((await assign(agent(9))).status).toBe(404);
    expect((await assign(null)).body.data.assigneeId).toBeUndefined();
    expect(stack.events('ticket.assigned')).toHaveLength(2);
  });

  it('is taken by one of two who take it at once', async () => {
    const { id } = await open();
    const taken = await Promise.all([1, 2].map((n) => call('POST', `/${id}/take`, undefined, { as: as(n) })));
    expect(taken.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = taken.find(({ status }) => status === 200)!.body.data;
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({
      assigneeId: winner.assigneeId,
      status: 'in_progress',
    });
  });

  it('is escalated to high at least, and merged within one customer only', async () => {
    const a = await open({ customerId: customer(1) });
    const escalated = (await call('POST', `/${a.id}/escalate`, { reason: 'hospital' })).body.data;
    expect(escalated).toMatchObject({ priority: 'high', escalationReason: 'hospital' });
    expect(Date.parse(escalated.firstResponseDueAt) - Date.parse(a.createdAt)).toBe(4 * hour);
    const b = await open({ customerId: customer(1) });
    const other = await open({ customerId: customer(2) });
    expect((await call('POST', `/${a.id}/merge`, { intoId: other.id })).status).toBe(422);
    expect((await call('POST', `/${a.id}/merge`, { intoId: a.id })).status).toBe(422);
    expect((await call('POST', `/${a.id}/merge`, { intoId: b.id })).body.data).toMatchObject({
      status: 'closed',
      mergedInto: b.id,
    });
  });

  it('does not exist for another tenant', async () => {
    const { id } = await open();
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/messages', undefined],
      ['GET', '/history', undefined],
      ['POST', '/take', undefined],
      ['POST', '/close', undefined],
      ['POST', '/messages', { text: 'x' }],
    ] as const)
      expect((await stack.call('t2', handler, method, `/api/tickets/${id}${path}`, { body })).status).toBe(404);
  });
});

describe('messages', () => {
  it('stop the clock of the answer, open a solved ticket again, and keep notes among staff', async () => {
    const session = openSession('t1');
    const ticket = await customerTickets.open(session, writer(1), 'portal', {
      subject: 'Bill',
      description: 'Too high',
      category: 'billing',
    });
    const path = `/${ticket.id}`;
    await call('POST', `${path}/messages`, { text: 'a liar?', visibility: 'internal' });
    expect((await call('GET', path)).body.data.firstRespondedAt).toBeUndefined();
    await call('POST', `${path}/messages`, { text: 'We look into it.' });
    expect((await call('GET', path)).body.data).toMatchObject({
      firstRespondedAt: expect.any(String),
      messageCount: 2,
    });
    await call('POST', `${path}/status`, { status: 'resolved' });
    await customerTickets.reply(session, writer(1), ticket.id, { text: 'It is not solved.' });
    expect((await call('GET', path)).body.data).toMatchObject({ status: 'open', messageCount: 3 });
    const seen = await customerTickets.messages(session, customer(1), ticket.id, { limit: 50, cursor: undefined });
    expect(seen.items.map(({ text }) => text)).toEqual(['We look into it.', 'It is not solved.']);
    expect((await call('GET', `${path}/messages`)).body.data).toHaveLength(3);
    const events = stack.events('ticket.message').map((item) => JSON.stringify(item));
    expect(events.some((text) => text.includes('a liar?'))).toBe(false);
    expect(events.some((text) => text.includes('We look into it.'))).toBe(true);
  });

  it('of several who write at once are all kept and counted', async () => {
    const { id } = await open();
    await Promise.all(Array.from({ length: 5 }, (_, n) => call('POST', `/${id}/messages`, { text: `m${n}` })));
    expect((await call('GET', `/${id}`)).body.data.messageCount).toBe(5);
    expect((await call('GET', `/${id}/messages`)).body.data).toHaveLength(5);
  });

  it('of a customer reach the own tickets alone', async () => {
    const session = openSession('t1');
    const { id } = await open({ customerId: customer(2) });
    const notFound = { code: 'not_found' };
    await expect(customerTickets.get(session, customer(1), id)).rejects.toMatchObject(notFound);
    await expect(customerTickets.reply(session, writer(1), id, { text: 'x' })).rejects.toMatchObject(notFound);
    await expect(customerTickets.close(session, customer(1), id)).rejects.toMatchObject(notFound);
    await expect(customerTickets.rate(session, customer(1), id, 5, undefined)).rejects.toMatchObject(notFound);
    await expect(customerTickets.rate(session, customer(2), id, 5, undefined)).rejects.toMatchObject({
      code: 'conflict',
    });
    await customerTickets.close(session, customer(2), id);
    expect((await customerTickets.rate(session, customer(2), id, 5, 'good')).rating).toBe(5);
    await expect(customerTickets.rate(session, customer(2), id, 1, undefined)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('files', () => {
  const text = 'a photo';
  const upload = async (n = 1) => {
    const files = [{ filename: 'note.txt', contentType: 'text/plain', sizeBytes: text.length }];
    return (await call('POST', '/upload', { files }, { as: as(n) })).body.data.uploads[0];
  };
  const put = (signed: any, body = text) =>
    fetch(signed.url, { method: 'PUT', body, headers: { 'content-type': signed.headers['content-type'] } });

  it('are uploaded by a signed URL, taken by one ticket, and downloaded', async () => {
    const signed = await upload();
    const attachmentIds = [signed.attachmentId];
    const create = (n = 1) =>
      call('POST', '', { subject: 'A', description: 'B', category: 'other', attachmentIds }, { as: as(n) });
    expect((await create()).status).toBe(409);
    expect((await put(signed)).status).toBe(200);
    expect((await create(2)).status).toBe(404);
    const { id } = (await create()).body.data;
    expect((await create()).status).toBe(409);
    const file = await call('GET', `/${id}/attachments/${signed.attachmentId}`);
    expect(await (await fetch(file.body.data.url)).text()).toBe(text);
    const { id: another } = await open();
    expect((await call('GET', `/${another}/attachments/${signed.attachmentId}`)).status).toBe(404);
  });

  it('may come small in the request itself', async () => {
    const inline = (type: string) => ({
      filename: 'a',
      base64: `data:${type};base64,${Buffer.from(text).toString('base64')}`,
    });
    const made = await call('POST', '/upload', { files: [inline('image/png'), inline('text/plain')] });
    expect(made.body.data).toMatchObject({ uploads: [], urls: [expect.any(String), expect.any(String)] });
    const { attachmentIds } = made.body.data;
    const { id } = await open({ attachmentIds });
    const file = (await call('GET', `/${id}/attachments/${attachmentIds[0]}`)).body.data;
    expect(file).toMatchObject({ contentType: 'image/png', sizeBytes: text.length });
    expect(await (await fetch(file.url)).text()).toBe(text);
    expect((await call('POST', '/upload', { files: [inline('text/html')] })).status).toBe(422);
    expect(
      (await call('POST', '/upload', { files: [{ filename: 'a', base64: 'data:image/png;base64,!' }] })).status,
    ).toBe(400);
  });

  it('of an internal note do not exist for the customer', async () => {
    const { id } = await open({ customerId: customer(1) });
    const signed = await upload();
    await put(signed);
    await call('POST', `/${id}/messages`, { text: 'x', visibility: 'internal', attachmentIds: [signed.attachmentId] });
    const asked = customerTickets.file(openSession('t1'), customer(1), id, signed.attachmentId);
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
    expect((await call('GET', `/${id}/attachments/${signed.attachmentId}`)).status).toBe(200);
  });

  it.each([
    { filename: 'a.exe', contentType: 'application/x-msdownload', sizeBytes: 5 },
    { filename: 'a.png', contentType: 'image/png', sizeBytes: 10 * 1024 * 1024 + 1 },
    { filename: 'a.html', contentType: 'text/html', sizeBytes: 5 },
  ])('are refused: %j', async (file) => {
    expect((await call('POST', '/upload', { files: [file] })).status).toBe(400);
  });
});

describe('due times', () => {
  it('are warned of and told as passed once each', async () => {
    const session = () => openSession('t1');
    const { id } = await open({ priority: 'urgent' });
    await watchTenant(session());
    const mine = (type: string) => stack.events(type).filter((item) => JSON.stringify(item).includes(id)).length;
    stack.advance(0.85 * hour);
    await watchTenant(session());
    await watchTenant(session());
    expect([mine('ticket.sla_warning'), mine('ticket.sla_breached')]).toEqual([1, 0]);
    stack.advance(0.2 * hour);
    await Promise.all([watchTenant(session()), watchTenant(session())]);
    expect([mine('ticket.sla_warning'), mine('ticket.sla_breached')]).toEqual([1, 1]);
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({
      slaBreached: true,
      slaBreaches: ['first_response'],
    });
    await call('POST', `/${id}/status`, { status: 'waiting_customer' });
    stack.advance(100 * hour);
    await watchTenant(session());
    expect(mine('ticket.sla_breached')).toBe(1);
  });

  it('are the tenant’s to decide, and so are categories', async () => {
    const put = (body: object) => stack.call('t2', settings, 'PUT', '/api/support/settings', { body });
    const categories = [{ code: 'solar', nameEn: 'Solar', nameAr: 'شمسي' }];
    expect((await put({ categories })).body.data).toMatchObject({ categories, version: 1 });
    expect((await put({ categories: [...categories, ...categories] })).status).toBe(400);
    const body = { subject: 'A', description: 'B', category: 'outage' };
    expect((await stack.call('t2', handler, 'POST', '/api/tickets', { body })).status).toBe(422);
  });
});

describe('search', () => {
  it('finds by text, messages, state and days, in counted pages', async () => {
    const { id } = await open({ subject: 'Zebra crossing', priority: 'low' });
    await call('POST', `/${id}/messages`, { text: 'A giraffe answers' });
    const search = async (body: object) => (await call('POST', '/admin/search', body)).body.data;
    expect(await search({ query: 'zebra' })).toMatchObject({ total: 1, page: 1, pages: 1, tickets: [{ id }] });
    expect(await search({ messageContent: 'GIRAFFE' })).toMatchObject({ total: 1, tickets: [{ id }] });
    expect(await search({ query: 'zebra', hasAttachments: true })).toMatchObject({ total: 0, tickets: [] });
    expect(await search({ query: 'zebra', toDate: '2020-01-01' })).toMatchObject({ total: 0 });
    const all = await search({ limit: 3, sortBy: 'priority', sortOrder: 'asc' });
    expect(all.tickets[0].id).toBe(id);
    expect(all).toMatchObject({ pages: Math.ceil(all.total / 3) });
    expect((await call('POST', '/admin/search', { limit: 1000 })).status).toBe(400);
  });
});
