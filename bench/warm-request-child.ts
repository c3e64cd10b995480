/** The measured process of the warm benchmark: see `warm-request.ts`. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { stationEntity } from '../functions/scada/stations/station-entity.ts';
import { principalToContext } from '../layers/kernel/auth/principal.ts';
import { documentClient } from '../layers/kernel/data/client.ts';
import { openSession } from '../layers/kernel/data/session.ts';
import { median } from './result.ts';

export interface WarmMeasurement {
  /** CPU per request of the function, its AWS calls included. */
  functionMs: number;
  /** CPU of the same AWS calls made bare. */
  bareMs: number;
  calls: number;
}

const requestsPerRound = 400;
const rounds = 7;

const { handler } = (await import(process.argv[2]!)) as {
  handler: (event: unknown, context: unknown) => Promise<{ statusCode: number }>;
};

await openSession('bench').transact('scada', (unit) =>
  unit.create(stationEntity, { id: 'ST-1', name: 'Bench', status: 'active' }),
);
const event = {
  version: '2.0',
  rawPath: '/api/scada/stations/ST-1',
  rawQueryString: '',
  headers: { 'accept-language': 'ar', 'user-agent': 'bench' },
  isBase64Encoded: false,
  requestContext: {
    http: { method: 'GET', path: '/api/scada/stations/ST-1', sourceIp: '192.0.2.1' },
    authorizer: {
      lambda: principalToContext({
        tenantId: 'bench',
        subject: 'usr_bench',
        kind: 'user',
        name: 'bench',
        permissions: ['scada:*'],
        limits: { perMinute: 1_000_000, perDay: 1_000_000_000 },
        workspaces: [],
        allowedIps: [],
        allowedOrigins: [],
      }),
    },
  },
};

async function viaFunction(): Promise<void> {
  const { statusCode } = await handler(event, { awsRequestId: 'bench' });
  if (statusCode !== 200) throw new Error(`The function answered ${statusCode}.`);
}

/** The rate counter and the item: what the function asks of DynamoDB. */
async function bareCalls(): Promise<void> {
  await documentClient().send(
    new UpdateCommand({
      TableName: 'limits',
      Key: { pk: 'bare', sk: 'bare' },
      UpdateExpression: 'ADD a :one, b :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  await documentClient().send(
    new GetCommand({ TableName: 'scada', Key: { pk: 'T#bench#STATION#ST-1', sk: 'STATION' }, ConsistentRead: true }),
  );
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < requestsPerRound; i++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / requestsPerRound;
}

await cpuMs(viaFunction);
await cpuMs(bareCalls);
const functionRounds: number[] = [];
const bareRounds: number[] = [];
for (let round = 0; round < rounds; round++) {
  functionRounds.push(await cpuMs(viaFunction));
  bareRounds.push(await cpuMs(bareCalls));
}
process.send!({ functionMs: median(functionRounds), bareMs: median(bareRounds), calls: 2 } satisfies WarmMeasurement);
process.disconnect();
