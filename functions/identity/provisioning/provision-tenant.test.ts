import { beforeAll, describe, expect, it } from 'vitest';
import { handler as auth } from '../auth/handler.ts';
import { handler as tenants } from '../tenants/handler.ts';
import { password, principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { handler as provision } from './handler.ts';

const stack = useIdentityStack();
const order = (id: string, email = `owner@${id}.example`) => ({
  tenant: { id, name: id, timeZone: 'Asia/Aden' },
  owner: { name: 'Owner', email, password },
});
const rows = (): number => stack.tables.scan('identity').length;

describe('provisioning', () => {
  it('makes a tenant whose owner can log in', async () => {
    expect(await provision(order('prov-a'))).toMatchObject({ tenantId: 'prov-a', created: true });
    const { body } = await stack.call(auth, 'POST', '/api/v1/auth/login', {
      body: { email: 'owner@prov-a.example', password },
    });
    expect(body).toMatchObject({ organizationId: 'prov-a', organizationRole: 'owner' });
  });

  it('can be repeated: the second time changes nothing, not even the password', async () => {
    const before = rows();
    const again = { ...order('prov-a'), owner: { ...order('prov-a').owner, password: 'another long password' } };
    expect(await provision(again)).toEqual({ tenantId: 'prov-a', created: false });
    expect(rows()).toBe(before);
  });

  it('fails when the e-mail is taken by another tenant, in whatever case, and writes nothing', async () => {
    const before = rows();
    await expect(provision(order('prov-b', 'OWNER@prov-a.example'))).rejects.toMatchObject({ code: 'already_exists' });
    expect(rows()).toBe(before);
  });

  it('by two at once makes one', async () => {
    const outcomes = await Promise.all([provision(order('prov-race')), provision(order('prov-race'))]);
    expect(outcomes.filter((outcome) => (outcome as { created: boolean }).created)).toHaveLength(1);
  });

  const valid = order('prov-wrong');
  it.each<[string, object]>([
    ['a short password', { ...valid, owner: { ...valid.owner, password: 'short' } }],
    ['an e-mail that is none', { ...valid, owner: { ...valid.owner, email: 'nobody' } }],
    ['an id that is none', { ...valid, tenant: { ...valid.tenant, id: 'T#1' } }],
    ['a time zone of nowhere', { ...valid, tenant: { ...valid.tenant, timeZone: 'Asia/Atlantis' } }],
    ['a role that does not exist', { ...valid, owner: { ...valid.owner, roles: ['EMPEROR'] } }],
    ['nothing', {}],
  ])('refuses %s', async (_, wrong) => {
    await expect(provision(wrong)).rejects.toThrow();
  });
});

describe('tenants over REST', () => {
  const installer = principal('prov-a', { permissions: ['system:*', 'identity:*'] });
  const body = {
    name: 'South Electricity',
    nameAr: 'كهرباء الجنوب',
    owner: { name: 'Owner', email: 'boss@south.example', password },
  };
  beforeAll(() => provision(order('prov-a')));
  const at = (path = '') => `/api/core/tenants${path}`;

  it('are made by who runs the installation, and by nobody else', async () => {
    const made = await stack.call(tenants, 'POST', at(), { as: installer, body });
    expect(made.status).toBe(201);
    expect(made.body.data.id).toMatch(/^tnt-/);
    expect(await stack.call(tenants, 'POST', at(), { as: principal('prov-a'), body })).toMatchObject({ status: 403 });
  });

  it('are not made when the e-mail is taken, and the answer shows no password', async () => {
    const before = rows();
    const refused = await stack.call(tenants, 'POST', at(), { as: installer, body });
    expect(refused).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    expect(JSON.stringify(refused)).not.toContain(password);
    expect(rows()).toBe(before);
  });

  it('see and change themselves only', async () => {
    const own = principal('prov-a');
    expect((await stack.call(tenants, 'GET', at(), { as: own })).body.data.map(({ id }: any) => id)).toEqual([
      'prov-a',
    ]);
    expect((await stack.call(tenants, 'GET', at('/prov-race'), { as: own })).status).toBe(404);
    expect((await stack.call(tenants, 'PUT', at('/prov-race'), { as: own, body: { name: 'Mine now' } })).status).toBe(
      404,
    );
    const changed = await stack.call(tenants, 'PUT', at('/prov-a'), {
      as: own,
      body: { name: 'North', status: 'suspended', id: 'x' },
    });
    expect(changed.body.data).toMatchObject({ id: 'prov-a', name: 'North', status: 'active' });
    expect((await stack.call(tenants, 'GET', at('/prov-a/settings'), { as: own })).body.data).toEqual({
      name: 'North',
      timeZone: 'Asia/Aden',
      currency: 'YER',
      locale: 'ar',
    });
  });

  it('refuse a change that was made on an older version', async () => {
    const own = principal('prov-a');
    const { headers } = await stack.call(tenants, 'GET', at('/prov-a'), { as: own });
    const put = (name: string) =>
      stack.call(tenants, 'PUT', at('/prov-a'), { as: own, body: { name }, headers: { 'if-match': headers['etag']! } });
    expect((await put('One')).status).toBe(200);
    expect(await put('Two')).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
  });

  it('keep an audit trail without the password’s hash', async () => {
    const audits = stack.tables.scan('identity').filter(({ _type }) => _type.S === 'audit');
    expect(audits.length).toBeGreaterThan(0);
    expect(JSON.stringify(audits)).not.toContain('$argon2id');
  });
});
