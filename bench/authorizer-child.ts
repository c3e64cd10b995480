/** The measured process of the authorizer's benchmark: see `authorizer.ts`. */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { makeKey, parseKey } from '../functions/identity/api-keys/api-key-entity.ts';
import { addApiKey } from '../functions/identity/api-keys/operations.ts';
import { provisionTenant } from '../functions/identity/provisioning/provision-tenant.ts';
import { issueAccessToken } from '../functions/identity/tokens/access-token.ts';
import { documentClient } from '../layers/kernel/data/client.ts';
import { openSession } from '../layers/kernel/data/session.ts';
import { newId } from '../layers/kernel/ids.ts';
import { median } from './result.ts';

export interface AuthorizerMeasurement {
  credential: string;
  /** CPU per request of the function, its reads included. */
  functionMs: number;
  /** CPU of the same reads made bare. */
  bareMs: number;
  reads: number;
}

const perRound = 300;
const rounds = 7;
const tenantId = 'bench';

const { handler } = (await import(process.argv[2]!)) as {
  handler: (event: unknown) => Promise<{ context: Record<string, string> }>;
};
const { userId } = await provisionTenant({
  tenant: { id: tenantId, name: 'b', timeZone: 'Asia/Aden', currency: 'YER', locale: 'en', status: 'active' },
  owner: { name: 'Bench', email: 'owner@bench.example', password: 'violet kettle at noon', roles: ['OWNER'] },
});
const made = makeKey('local');
const keyId = newId('key');
await openSession(tenantId).transact('identity', (unit) =>
  addApiKey(unit, tenantId, {
    id: keyId,
    name: 'bench',
    scopes: ['scada:*'],
    allowedIps: [],
    allowedOrigins: [],
    stationIds: [],
    rateLimitPerMinute: 1,
    rateLimitPerDay: 1,
    keyPrefix: made.prefix,
    keyHash: made.hash,
    isActive: true,
    createdBy: userId,
  }),
);
const token = await issueAccessToken(
  { userId, tenantId, name: 'b', roles: ['OWNER'], sessionId: newId('ses') },
  Date.now(),
);

const own = (...parts: string[]): string => ['T', tenantId, ...parts].join('#');
const tenantRow = { pk: own('TENANT'), sk: 'TENANT' };
const cases = [
  { credential: 'access token', value: token, keys: [{ pk: own('USER', userId), sk: 'USER' }, tenantRow] },
  {
    credential: 'API key',
    value: made.key,
    keys: [
      { pk: `G#APIKEY-PREFIX#${parseKey(made.key)!.prefix}`, sk: 'APIKEY-PREFIX' },
      { pk: own('APIKEY', keyId), sk: 'APIKEY' },
      tenantRow,
    ],
  },
];

async function authorize(credential: string): Promise<void> {
  const { context } = await handler({
    version: '2.0',
    type: 'REQUEST',
    headers: { authorization: `Bearer ${credential}` },
  });
  if (context['tenantId'] !== tenantId) throw new Error('The credential was refused.');
}

async function readBare(keys: readonly object[]): Promise<void> {
  const read = (Key: object) =>
    documentClient().send(new GetCommand({ TableName: 'identity', Key, ConsistentRead: true }));
  const found = await Promise.all(keys.map(read));
  if (found.some(({ Item }) => Item === undefined)) throw new Error('A row is not where the function finds it.');
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < perRound; i++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / perRound;
}

const results: AuthorizerMeasurement[] = [];
for (const { credential, value, keys } of cases) {
  const whole: number[] = [];
  const bare: number[] = [];
  await cpuMs(() => authorize(value));
  await cpuMs(() => readBare(keys));
  for (let round = 0; round < rounds; round++) {
    whole.push(await cpuMs(() => authorize(value)));
    bare.push(await cpuMs(() => readBare(keys)));
  }
  results.push({ credential, functionMs: median(whole), bareMs: median(bare), reads: keys.length });
}
process.send!(results);
process.disconnect();
