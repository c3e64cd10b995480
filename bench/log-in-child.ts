/** The measured process of the log-in benchmark: see `log-in.ts`. */
import { provisionTenant } from '../functions/identity/provisioning/provision-tenant.ts';
import { verifyPassword } from '../functions/identity/users/password.ts';
import { median } from './result.ts';

export interface Cost {
  cpuMs: number;
  wallMs: number;
}

export interface LogInMeasurement {
  logIn: Cost;
  /** With a wrong password. */
  refused: Cost;
  derivation: Cost;
}

const password = 'violet kettle at noon';
const perRound = 8;
const rounds = 7;

const { handler } = (await import(process.argv[2]!)) as {
  handler: (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;
};
/** Several people, since one may try only so often in a minute. */
const people = Array.from({ length: perRound }, (_, i) => ({
  email: `owner@bench-${i}.example`,
  ip: `192.0.2.${i + 1}`,
}));
for (const [i, { email }] of people.entries())
  await provisionTenant({
    tenant: { id: `bench-${i}`, name: 'b', timeZone: 'Asia/Aden', currency: 'YER', locale: 'en', status: 'active' },
    owner: { name: 'Bench', email, password, roles: ['OWNER'] },
  });

let turn = 0;
/** Everybody in turn, from where they always are. */
async function logIn(given: string, expected: number): Promise<void> {
  const { email, ip } = people[turn++ % people.length]!;
  const { statusCode, body } = await handler(
    {
      version: '2.0',
      rawPath: '/api/v1/auth/login',
      rawQueryString: '',
      headers: { 'content-type': 'application/json', 'user-agent': 'bench' },
      body: JSON.stringify({ email, password: given }),
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST', path: '/api/v1/auth/login', sourceIp: ip } },
    },
    { awsRequestId: 'bench' },
  );
  if (statusCode !== expected) throw new Error(`The log-in answered ${statusCode}: ${body}`);
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  for (let i = 0; i < perRound; i++) await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000 / perRound, wallMs: (performance.now() - start) / perRound };
}

const right = (): Promise<void> => logIn(password, 200);
const wrong = (): Promise<void> => logIn('wrong', 401);
const derive = (): Promise<boolean> => verifyPassword('wrong', undefined);

for (const work of [right, derive]) await cost(work);
const taken: Record<keyof LogInMeasurement, Cost[]> = { logIn: [], refused: [], derivation: [] };
for (let round = 0; round < rounds; round++) {
  taken.logIn.push(await cost(right));
  taken.derivation.push(await cost(derive));
  // Ten tries a minute are all an account has.
  if (round === 0) taken.refused.push(await cost(wrong));
}
const middle = (costs: Cost[]): Cost => ({
  cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
  wallMs: median(costs.map(({ wallMs }) => wallMs)),
});
process.send!({
  logIn: middle(taken.logIn),
  refused: middle(taken.refused),
  derivation: middle(taken.derivation),
} satisfies LogInMeasurement);
process.disconnect();
