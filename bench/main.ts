/**
 * `npm run bench`: measures the product's budgets, each beside its reference from the same run, because machines
 * differ and drift. `npm run bench -- cold ingest` runs only those, `npm run bench -- bank-import --lines 50000` all of a file.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { prepareAssembly } from '../local/start/prepare.ts';
import { type BenchOptions, type BenchResult, table } from './result.ts';

type Bench = (options: BenchOptions) => Promise<BenchResult[]>;

const benches: Record<string, () => Promise<{ run: Bench }>> = {
  cold: () => import('./cold-import.ts'),
  warm: () => import('./warm-request.ts'),
  ingest: () => import('./ingest.ts'),
  price: () => import('./ingest-price.ts'),
  billing: () => import('./billing.ts'),
  reports: () => import('./reports.ts'),
  losses: () => import('./losses.ts'),
  'bank-import': () => import('./bank-import.ts'),
  authorizer: () => import('./authorizer.ts'),
  'log-in': () => import('./log-in.ts'),
  webhooks: () => import('./webhooks.ts'),
  ledger: () => import('./ledger.ts'),
  gateway: () => import('./gateway.ts'),
  start: () => import('./start-up.ts'),
};

/** These run the sources and need no bundles, which take minutes to make where something has changed. */
const fromSource = new Set(['billing', 'reports', 'losses', 'bank-import', 'ledger']);

const { values, positionals: asked } = parseArgs({ options: { lines: { type: 'string' } }, allowPositionals: true });
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown[0]}": use ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const lines = Number(values.lines ?? 'NaN');
if (values.lines !== undefined && !(Number.isInteger(lines) && lines > 0)) {
  console.error(`--lines is a number of lines, not "${values.lines}".`);
  process.exit(2);
}

if (asked.length === 0 || asked.some((name) => !fromSource.has(name))) await prepareAssembly(() => {});
const results: BenchResult[] = [];
for (const [name, load] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`… ${name}`);
  const { run } = await load();
  results.push(...(await run(values.lines === undefined ? {} : { lines })));
}
console.log(`\n${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}\n`);
console.log(table(results));
process.exit(results.some(({ isWithin }) => isWithin === false) ? 1 : 0);
