import { beforeAll, describe, expect, it } from 'vitest';
import { expectOk, type Mizan } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';

let mizan: Omit<Mizan, 'stop'>;
beforeAll(async () => {
  mizan = await shareMizan({ meters: 1 });
});

describe('the audit trail', () => {
  it('says who changed what, from which value to which, when and from where', async () => {
    const { north } = mizan;
    const path = `/api/scada/stations/${north.stationId}`;
    const { data: before } = expectOk(await north.api('GET', path));
    expectOk(
      await north.api(
        'PUT',
        path,
        { name: 'Renamed' },
        { 'if-match': `"${before.version}"`, 'user-agent': 'audit-test', 'x-correlation-id': 'audit-test-1' },
      ),
    );

    const { data } = expectOk(await north.api('GET', `${path}/history`));
    expect(data).toHaveLength(2);
    expect(data[0]).toMatchObject({
      action: 'update',
      changes: { name: { old: before.name, new: 'Renamed' } },
      actor: { kind: 'api_key', name: 'test' },
      userAgent: 'audit-test',
      correlationId: 'audit-test-1',
    });
    expect(data[0].clientIp).toMatch(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
    expect(data[1]).toMatchObject({ action: 'create' });
  });

  it('refuses a change of an older version, and records nothing of it', async () => {
    const { north } = mizan;
    const path = `/api/scada/stations/${north.stationId}`;
    const entries = async (): Promise<number> => expectOk(await north.api('GET', `${path}/history`)).data.length;
    const before = await entries();
    expect(await north.api('PUT', path, { name: 'Lost update' }, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      json: { code: 'version_conflict' },
    });
    expect(await entries()).toBe(before);
  });

  it('keeps the history of meters, keys and webhooks, without their secrets', async () => {
    const { north } = mizan;
    const key = expectOk(
      await north.api('POST', '/api/v1/developer/api-keys', { name: 'audited', scopes: ['scada:*'] }),
    ).data;
    const webhook = expectOk(
      await north.api('POST', '/api/v1/developer/webhooks', {
        name: 'audited',
        url: 'https://partner.example.com/',
        subscribedEvents: ['*'],
      }),
    ).data;
    const trails = await Promise.all(
      [
        `/api/billing/meters/${north.meterIds[0]}`,
        `/api/v1/developer/api-keys/${key.id}`,
        `/api/v1/developer/webhooks/${webhook.id}`,
      ].map(async (path) => (await north.api('GET', `${path}/history`)).text),
    );
    for (const trail of trails) {
      expect(JSON.parse(trail).data[0]).toMatchObject({ action: 'create' });
      expect(trail).not.toContain(key.key);
      expect(trail).not.toContain(webhook.secret);
    }
  });

  it('is closed to other tenants', async () => {
    const { north, south } = mizan;
    expect((await south.api('GET', `/api/scada/stations/${north.stationId}/history`)).status).toBe(404);
  });
});
