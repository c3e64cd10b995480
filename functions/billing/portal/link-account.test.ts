/** Users link themselves to accounts: by the phone on file alone, slowly, and with no word about which accounts there are. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { handler as customers } from '../customers/handler.ts';
import { usePortalStack } from '../test-support/portal-stack.ts';
import { handler } from './handler.ts';

const stack = usePortalStack();
const tenant = 'links';
const user = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const phone = (n: number): string => `+9677000000${String(n).padStart(2, '0')}`;
const account = (n: number): string => `ACC-${n}`;
const call = (n: number, method: string, path: string, body?: unknown, as: object = {}) =>
  stack.call(tenant, handler, method, `/api/portal/accounts${path}`, {
    body,
    as: { subject: user(n), permissions: ['portal:*'], ...as },
  });
const ask = (n: number, accountNumber: string) => call(n, 'POST', '', { accountNumber });
const confirm = (n: number, accountNumber: string, code: string) =>
  call(n, 'POST', '/confirm', { accountNumber, code });
const codeAt = (to: string): string => stack.textsTo(to).at(-1)!.slice(0, 6);
const wrong = (code: string): string => (code === '000000' ? '111111' : '000000');

beforeAll(async () => {
  for (const id of [tenant, 'elsewhere']) await stack.addTenant(id);
  for (let n = 1; n <= 9; n++) await stack.addUser(tenant, user(n));
  for (let n = 1; n <= 6; n++)
    await stack.call(tenant, customers, 'POST', '/api/billing/customers', {
      body: { name: `Customer ${n}`, accountNumber: account(n), phone: phone(n), language: n === 1 ? 'en' : 'ar' },
    });
  await stack.call(tenant, customers, 'POST', '/api/billing/customers', {
    body: { name: 'No phone', accountNumber: 'ACC-MUTE' },
  });
  await stack.call('elsewhere', customers, 'POST', '/api/billing/customers', {
    body: { name: 'Foreign', accountNumber: 'ACC-FOREIGN', phone: phone(50) },
  });
});

describe('linking', () => {
  it('is done with the code sent to the phone on file, once', async () => {
    expect((await ask(1, account(1))).status).toBe(202);
    await stack.deliverCodes(2);
    expect(stack.textsTo(phone(1))).toHaveLength(1);
    expect(stack.textsTo(phone(1))[0]).toContain('links electricity account ACC-1');
    const code = codeAt(phone(1));
    expect((await confirm(1, account(1), wrong(code))).status).toBe(400);
    expect((await confirm(2, account(1), code)).body.code).toBe('invalid_code');
    const made = await confirm(1, account(1), code);
    expect(made).toMatchObject({ status: 201, body: { data: { accountNumber: account(1), isDefault: true } } });
    expect((await confirm(1, account(1), code)).body.code).toBe('invalid_code');
    expect((await stack.call(tenant, handler, 'GET', '/api/portal/profile', asUser(1))).body.data.name).toBe(
      'Customer 1',
    );
  });

  it('spends no code on a link that is not made', async () => {
    await ask(5, account(6));
    await stack.deliverCodes();
    const code = codeAt(phone(6));
    vi.spyOn(UnitOfWork.prototype, 'commit').mockRejectedValueOnce(new Error('It died.'));
    expect((await confirm(5, account(6), code)).status).toBe(500);
    expect((await confirm(5, account(6), code)).status).toBe(201);
    expect((await confirm(5, account(6), code)).body.code).toBe('invalid_code');
  });

  it('says the same of accounts that do not exist, have no phone, or are of another utility', async () => {
    const present = await ask(3, account(2));
    for (const [n, number] of [
      [3, 'ACC-NONE'],
      [4, 'ACC-MUTE'],
      [5, 'ACC-FOREIGN'],
    ] as const) {
      const answer = await ask(n, number);
      expect([answer.status, answer.body]).toEqual([present.status, present.body]);
      await stack.deliverCodes();
      expect((await confirm(n, number, '123456')).body).toMatchObject({ code: 'invalid_code' });
    }
    expect(stack.textsTo(phone(50))).toEqual([]);
    // Codes of unknown accounts wear out like others.
    expect((await confirm(3, account(2), wrong(codeAt(phone(2))))).body).toMatchObject({ code: 'invalid_code' });
  });

  it('gives a code five tries, also when they come at once', async () => {
    await ask(6, account(3));
    await stack.deliverCodes();
    const code = codeAt(phone(3));
    await Promise.all(Array.from({ length: 6 }, () => confirm(6, account(3), wrong(code))));
    expect((await confirm(6, account(3), code)).body.code).toBe('invalid_code');
  });

  it('gives a code ten minutes', async () => {
    await ask(7, account(4));
    await stack.deliverCodes();
    stack.advance(10 * 60_000 + 1);
    expect((await confirm(7, account(4), codeAt(phone(4)))).body.code).toBe('invalid_code');
  });

  it('is slowed down for who asks much, and at a phone that is asked for much', async () => {
    stack.advance(60_000);
    const asked = [];
    for (let i = 0; i < 4; i++) asked.push((await ask(8, `ACC-GUESS-${i}`)).status);
    expect(asked).toEqual([202, 202, 202, 429]);
    stack.advance(60_000);
    const byMany = [];
    for (const n of [1, 2, 3, 4]) byMany.push((await ask(n, account(5))).status);
    expect(byMany).toEqual([202, 202, 202, 429]);
    const unknown = [];
    for (const n of [5, 6, 7, 9]) unknown.push((await ask(n, 'ACC-NOBODY')).status);
    expect(unknown).toEqual(byMany);
    await stack.deliverCodes();
  });

  it('makes one link of one code that is given twice at once, and unlinks again', async () => {
    stack.advance(60_000);
    await ask(9, account(6));
    await stack.deliverCodes();
    const code = codeAt(phone(6));
    const both = await Promise.all([confirm(9, account(6), code), confirm(9, account(6), code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
    const [link] = (await call(9, 'GET', '')).body.data;
    expect((await call(8, 'DELETE', `/${link.customerId}`)).status).toBe(404);
    expect((await call(9, 'DELETE', `/${link.customerId}`)).status).toBe(204);
    expect((await stack.call(tenant, handler, 'GET', '/api/portal/profile', asUser(9))).status).toBe(403);
  });

  it('is for people, not for keys', async () => {
    const key = { kind: 'api_key', subject: 'key_1' };
    expect((await call(1, 'POST', '', { accountNumber: account(1) }, key)).status).toBe(403);
    expect((await call(1, 'POST', '/confirm', { accountNumber: account(1), code: '123456' }, key)).status).toBe(403);
  });
});

const asUser = (n: number) => ({ as: { subject: user(n), permissions: ['portal:*'] } });
