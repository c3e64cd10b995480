import { beforeAll, describe, expect, it } from 'vitest';
import { handler as auth } from '../auth/handler.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { principal } from '../test-support/identity-stack.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { handler as users } from '../users/handler.ts';
import { handler } from './handler.ts';

const stack = useMessageStack();
beforeAll(async () => {
  await stack.addTenant('inv-a');
  await stack.addTenant('inv-b');
});
const as = principal('inv-a', { workspaces: ['*'], name: 'Layla' });
const invite = (body: object, who = as) => stack.call(handler, 'POST', '/api/core/invitations', { as: who, body });
const act = (id: string, what: string, who = as) =>
  stack.call(handler, 'POST', `/api/core/invitations/${id}/${what}`, { as: who });
const accept = (token: string, password = 'violet kettle at noon') =>
  stack.call(auth, 'POST', '/api/v1/auth/accept-invitation', { body: { token, password } });
async function tokenFor(to: string): Promise<string> {
  await stack.deliver();
  return /inv_\w{26}\.[\w-]{43}/.exec(stack.lastMessage(to))![0];
}

describe('an invitation', () => {
  it('is accepted once: a password is chosen, and the person is in', async () => {
    const made = await invite({ name: 'Sara', email: 'Sara@inv.example', roles: ['OPERATOR'] });
    expect(made).toMatchObject({ status: 201, body: { data: { status: 'pending', email: 'sara@inv.example' } } });
    expect(JSON.stringify(made.body)).not.toMatch(/token/i);
    const token = await tokenFor('sara@inv.example');
    expect(stack.lastMessage('sara@inv.example')).toContain('Layla');
    expect(await accept(token, 'password1')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    const answers = await Promise.all(Array.from({ length: 4 }, () => accept(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 200)!.body).toMatchObject({ organizationId: 'inv-a' });
    expect((await findUser('sara@inv.example'))!.user).toMatchObject({ status: 'active', roles: ['OPERATOR'] });
    const { body } = await stack.call(handler, 'GET', '/api/core/invitations', { as });
    expect(body.data[0]).toMatchObject({ status: 'accepted', name: 'Sara' });
    expect(stack.tables.scan('identity').some((row) => JSON.stringify(row).includes(token.split('.')[1]!))).toBe(false);
  });

  it('goes by text message where there is only a phone', async () => {
    await invite({ name: 'Omar', phone: '+967 771234567', roles: ['OPERATOR'] });
    expect((await accept(await tokenFor('+967771234567'))).status).toBe(200);
    expect((await findUser('+967771234567'))!.user.phoneVerifiedAt).toBeDefined();
  });

  it('sent again is good with the new token only', async () => {
    const { id } = (await invite({ name: 'A', email: 'a@inv.example', roles: [] })).body.data;
    const first = await tokenFor('a@inv.example');
    expect((await act(id, 'resend')).status).toBe(200);
    const second = await tokenFor('a@inv.example');
    expect(await accept(first)).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    expect((await accept(second)).status).toBe(200);
  });

  it('to an address that was a mistake opens nothing once it is put right', async () => {
    const { id, userId } = (await invite({ name: 'F', email: 'typo@inv.example', roles: [] })).body.data;
    const wrong = await tokenFor('typo@inv.example');
    const body = { email: 'right@inv.example' };
    expect((await stack.call(users, 'PUT', `/api/core/users/${userId}`, { as, body })).status).toBe(200);
    expect(await accept(wrong)).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    const before = stack.messagesTo('typo@inv.example');
    expect((await act(id, 'resend')).status).toBe(200);
    const right = await tokenFor('right@inv.example');
    expect(stack.messagesTo('typo@inv.example')).toBe(before);
    expect((await accept(right)).status).toBe(200);
  });

  it('that was taken back, or is seven days old, opens nothing', async () => {
    const { id } = (await invite({ name: 'B', email: 'b@inv.example', roles: [] })).body.data;
    const token = await tokenFor('b@inv.example');
    expect((await act(id, 'revoke')).status).toBe(200);
    expect((await accept(token)).status).toBe(400);
    expect((await act(id, 'resend')).status).toBe(409);
    await invite({ name: 'C', email: 'c@inv.example', roles: [] });
    const late = await tokenFor('c@inv.example');
    stack.advance(7 * 86_400_000 + 1);
    expect((await accept(late)).status).toBe(400);
  });

  it('gives no more than who invites may do, and is no other tenant’s business', async () => {
    const weak = principal('inv-a', { permissions: ['identity:users:write'] });
    expect(await invite({ name: 'D', email: 'd@inv.example', roles: ['OWNER'] }, weak)).toMatchObject({ status: 403 });
    const member = principal('inv-a', { workspaces: ['wsp_1'] });
    const elsewhere = { name: 'D', email: 'd@inv.example', roles: [], workspaces: ['wsp_2'] };
    expect(await invite(elsewhere, member)).toMatchObject({ status: 404 });
    const { id } = (await invite({ name: 'E', email: 'e@inv.example', roles: [] })).body.data;
    expect((await act(id, 'revoke', principal('inv-b'))).status).toBe(404);
    expect((await stack.call(handler, 'GET', '/api/core/invitations', { as: principal('inv-b') })).body.data).toEqual(
      [],
    );
  });

  it.each(['x', '', 'inv_00000000000000000000000000.x', `inv_${'0'.repeat(26)}.${'a'.repeat(43)}`])(
    'is not "%s"',
    async (token) => {
      expect([400]).toContain((await accept(token)).status);
    },
  );
});
