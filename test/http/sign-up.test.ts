/** People come in on the running platform: a company and its owner by e-mail, a phone by text message. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Api, apiWith, eventually, expectOk, type Mizan } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';

let mizan: Omit<Mizan, 'stop'>;
let nobody: Api;
beforeAll(async () => {
  mizan = await shareMizan({ meters: 1 });
  nobody = apiWith(mizan.platform.endpoints.restUrl);
});

interface Sent {
  emails: { to: string[]; from: string; text: string }[];
  texts: { to: string; text: string }[];
}
/** What was last sent to an address, as a person would read it. */
async function lastTo(address: string): Promise<string> {
  const url = `${mizan.platform.endpoints.awsEndpointUrl}/_runtime/messages`;
  const found = await eventually(
    async () => {
      const { emails, texts } = (await (await fetch(url)).json()) as Sent;
      return [...emails.filter(({ to }) => to.includes(address)), ...texts.filter(({ to }) => to === address)];
    },
    (messages) => messages.length > 0,
  );
  return found.at(-1)!.text;
}
const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)![0];

describe('a company', () => {
  /** Exactly the documented body. */
  const owner = {
    email: 'owner@company.kz',
    password: 'SecurePassword123',
    firstName: 'Имя',
    lastName: 'Фамилия',
    bin: '123456789012',
    companyName: 'ТОО Компания',
  };
  let token: string;

  it('registers, confirms its e-mail, and is a tenant of its own', async () => {
    expect((await nobody('POST', '/api/v1/users/register-owner', owner)).status).toBe(201);
    const code = codeIn(await lastTo(owner.email));
    expectOk(await nobody('POST', '/api/v1/users/verify-email', { email: owner.email, code }));
    const answer = expectOk(
      await nobody('POST', '/api/v1/auth/login', { email: owner.email, password: owner.password }),
    );
    expect(answer).toMatchObject({ success: true, organizationRole: 'owner' });
    expect([mizan.north.id, mizan.south.id]).not.toContain(answer.organizationId);
    token = answer.accessToken;
    const tenants = expectOk(await apiWith(mizan.platform.endpoints.restUrl, token)('GET', '/api/core/tenants')).data;
    expect(tenants).toMatchObject([{ id: answer.organizationId, name: owner.companyName, bin: owner.bin }]);
  });

  it('whose owner adds a phone by text message can be entered with it', async () => {
    const own = apiWith(mizan.platform.endpoints.restUrl, token);
    const phone = { target: '8 701 123 45 67', channel: 'SMS' };
    expectOk(await own('POST', '/api/auth/change-address', { ...phone, password: owner.password }));
    const code = codeIn(await lastTo('+77011234567'));
    expectOk(await own('POST', '/api/auth/confirm-address', { ...phone, code }));
    const answer = expectOk(
      await nobody('POST', '/api/user/login', { phone: '+7 701 123 45 67', password: owner.password }),
    );
    expect(answer).toMatchObject({ message: 'Login successful', user: { email: owner.email, role: 'ADMIN' } });
  });
});

describe('where no tenant is open to everybody', () => {
  it('nobody signs up by themselves', async () => {
    const body = { name: 'x', email: 'x@y.example', password: 'violet kettle at noon' };
    expect(await nobody('POST', '/api/user/register-simple', body)).toMatchObject({ status: 403 });
  });
});
