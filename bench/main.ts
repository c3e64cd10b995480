/**
 * `npm run bench`: measures the product's budgets, each beside its reference from the same run, because machines
 * differ and drift. `npm run bench -- cold ingest` runs only those.
 */
import { cpus } from 'node:os';
import { prepareAssembly } from '../local/start/prepare.ts';
import { type BenchResult, table } from './result.ts';

type Bench = () => Promise<BenchResult[]>;

const benches: Record<string, () => Promise<{ run: Bench }>> = {
  cold: () => import('./cold-import.ts'),
  warm: () => import('./warm-request.ts'),
  ingest: () => import('./ingest.ts'),
  price: () => import('./ingest-price.ts'),
  billing: () => import('./billing.ts'),
  'bank-import': () => import('./bank-import.ts'),
  authorizer: () => import('./authorizer.ts'),
  'log-in': () => import('./log-in.ts'),
  webhooks: () => import('./webhooks.ts'),
  ledger: () => import('./ledger.ts'),
  gateway: () => import('./gateway.ts'),
  start: () => import('./start-up.ts'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown[0]}": use ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

await prepareAssembly(() => {});
const results: BenchResult[] = [];
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`… ${name}`);
  const { run } = await load();
  results.push(...(await run()));
}
console.log(`\n${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}\n`);
console.log(table(results));
process.exit(results.some(({ isWithin }) => isWithin === false) ? 1 : 0);
