import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { type ApiKey, makeKey } from '../api-keys/api-key-entity.ts';
import { addApiKey } from '../api-keys/operations.ts';
import { useIdentityStack } from '../test-support/identity-stack.ts';
import { handler } from './authorize-device.ts';

vi.mock('../config.ts', () => ({ config: { ANONYMOUS_DEVICE_TENANT: undefined } }));

const stack = useIdentityStack();
beforeAll(async () => {
  for (const id of ['DEV-1', 'DEV-2', 'DEV-3']) await stack.addStation('dev-a', id);
  await stack.addStation('dev-b', 'OTHER-1');
});

/** A key as it is stored, whatever its creation would have refused. */
async function storedKey(tenantId: string, given: Partial<ApiKey> = {}): Promise<string> {
  const made = makeKey('local');
  await openSession(tenantId).transact('identity', (unit) =>
    addApiKey(unit, tenantId, {
      id: `key_${made.prefix}`,
      name: 'device',
      keyPrefix: made.prefix,
      keyHash: made.hash,
      scopes: ['metering:readings:publish'],
      allowedIps: [],
      allowedOrigins: [],
      rateLimitPerMinute: 60,
      rateLimitPerDay: 100,
      stationIds: [],
      isActive: true,
      createdBy: 'usr_1',
      ...given,
    }),
  );
  return made.key;
}

const connect = (mqtt: { username?: string; password?: string }) =>
  handler({
    protocolData: {
      mqtt: {
        clientId: 'c',
        ...mqtt,
        ...(mqtt.password === undefined ? {} : { password: Buffer.from(mqtt.password).toString('base64') }),
      },
    },
  }) as Promise<any>;

/** Stations the policies let it reach. */
const reached = (answer: any): string[] => {
  const statements = answer.policyDocuments.flatMap((text: string) => JSON.parse(text).Statement);
  const allowed = JSON.stringify(statements.filter(({ Effect }: any) => Effect === 'Allow'));
  return [...new Set([...allowed.matchAll(/topic\/acrel\/([^/]+)\//g)].map(([, station]) => station!))].sort();
};

describe('a device', () => {
  it('that is registered connects under its own name alone', async () => {
    const answer = await connect({ password: await storedKey('dev-a', { mqttClientId: 'device-key_1' }) });
    const statements = answer.policyDocuments.flatMap((text: string) => JSON.parse(text).Statement);
    expect(statements.filter(({ Action }: any) => Action === 'iot:Connect')).toEqual([
      { Effect: 'Allow', Action: 'iot:Connect', Resource: 'arn:aws:iot:*:*:client/device-key_1' },
    ]);
  });

  it('reaches every station of its tenant with a key that names none', async () => {
    const answer = await connect({ username: 'meter', password: await storedKey('dev-a') });
    expect(answer).toMatchObject({
      isAuthenticated: true,
      refreshAfterInSeconds: 3600,
      disconnectAfterInSeconds: 86_400,
    });
    expect(answer.principalId).toMatch(/^[A-Za-z0-9]{1,128}$/);
    expect(reached(answer)).toEqual(['DEV-1', 'DEV-2', 'DEV-3']);
  });

  it('reaches the stations its key names, never those of another tenant nor a wildcard', async () => {
    const password = await storedKey('dev-a', { stationIds: ['DEV-2', 'OTHER-1', '*', 'NOWHERE'] });
    expect(reached(await connect({ password }))).toEqual(['DEV-2']);
  });

  it('may show its key as user name, also with parameters for IoT Core behind it', async () => {
    const key = await storedKey('dev-a');
    expect((await connect({ username: key })).isAuthenticated).toBe(true);
    expect((await connect({ username: `${key}?x-amz-customauthorizer-name=mizan` })).isAuthenticated).toBe(true);
  });

  it.each<[string, Partial<ApiKey>]>([
    ['without the scope', { scopes: ['metering:readings:read', 'scada:*'] }],
    ['that is revoked', { isActive: false }],
    ['that has ended', { expiresAtTime: '2026-01-01T00:00:00.000Z' }],
  ])('is refused with a key %s', async (_, given) => {
    expect(await connect({ password: await storedKey('dev-a', given) })).toMatchObject({
      isAuthenticated: false,
      policyDocuments: [],
    });
  });

  it.each([{}, { username: 'meter' }, { username: 'meter', password: 'x' }, { password: 'mzn_' }, { username: '' }])(
    'is refused without a key: %j',
    async (mqtt) => {
      expect((await connect(mqtt)).isAuthenticated).toBe(false);
    },
  );

  it('is refused when its tenant has more stations than a policy holds, and let in with a key that names some', async () => {
    const long = (i: number): string => `BIG-${String(i).padStart(60, '0')}`;
    await Promise.all(Array.from({ length: 70 }, (_, i) => stack.addStation('dev-big', long(i))));
    expect((await connect({ password: await storedKey('dev-big') })).isAuthenticated).toBe(false);
    const some = [long(1), long(2)];
    expect(reached(await connect({ password: await storedKey('dev-big', { stationIds: some }) }))).toEqual(some);
  });

  it('gets the addresses its key is bound to as a condition', async () => {
    const answer = await connect({ password: await storedKey('dev-a', { allowedIps: ['192.0.2.0/24'] }) });
    const statements = answer.policyDocuments.flatMap((text: string) => JSON.parse(text).Statement);
    expect(statements.filter(({ Action, Effect }: any) => Action === 'iot:Connect' && Effect === 'Allow')).toEqual([
      expect.objectContaining({ Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } } }),
    ]);
  });
});
