/**
 * Cold start of HTTP functions: the time to import a function's bundle in a fresh process, against a bare handler
 * that imports only the DynamoDB client. The budget's reference is that handler as one file, the ordinary way to bundle;
 * functions are split, so a second reference is split as they are and shows what our own code adds.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { domains } from '../infra/domains.ts';
import { bundleName } from '../infra/manifest/functions-of.ts';
import { bundleOptions, repositoryRoot } from '../scripts/build/build-functions.ts';
import { type BenchResult, median } from './result.ts';

const budgetRatio = 1.35;
const rounds = 9;
const folder = 'dist/bench';

export async function run(): Promise<BenchResult[]> {
  const [bare, splitBare] = [await bundleBareHandler('bare', false), await bundleBareHandler('bare-split', true)];
  const functions = domains.flatMap((domain) =>
    domain.resources.map(({ resource }) => bundleName({ domain: domain.name, name: resource.name })),
  );
  const modules = new Map([
    ['bare', bare],
    ['bare-split', splitBare],
    ...functions.map((name) => [name, resolve('dist/functions', name, 'index.mjs')] as const),
  ]);
  const times = new Map<string, number[]>([...modules.keys()].map((name) => [name, []]));
  // In turn, so that a drift of the machine's speed meets all alike.
  for (let round = 0; round < rounds; round++) {
    for (const [name, path] of modules) times.get(name)!.push(importMs(path));
  }
  const bareMs = median(times.get('bare')!);
  const splitMs = median(times.get('bare-split')!);
  const ratios = functions.map((name) => ({ name, ms: median(times.get(name)!) })).sort((a, b) => b.ms - a.ms);
  const slowest = ratios[0]!;
  const middle = median(ratios.map(({ ms }) => ms));
  return [
    {
      name: `cold import, slowest HTTP function (${slowest.name})`,
      measured: `${slowest.ms.toFixed(0)} ms`,
      reference: `bare client in one file ${bareMs.toFixed(0)} ms`,
      budget: `≤ ${budgetRatio} × (${(slowest.ms / bareMs).toFixed(2)} ×)`,
      isWithin: slowest.ms <= budgetRatio * bareMs,
    },
    {
      name: `cold import, median of ${ratios.length} HTTP functions`,
      measured: `${middle.toFixed(0)} ms`,
      reference: `bare client in one file ${bareMs.toFixed(0)} ms`,
      budget: `≤ ${budgetRatio} × (${(middle / bareMs).toFixed(2)} ×)`,
      isWithin: middle <= budgetRatio * bareMs,
    },
    {
      name: 'for information: the same against the bare client split as functions are',
      measured: `slowest ${(slowest.ms / splitMs).toFixed(2)} ×, median ${(middle / splitMs).toFixed(2)} ×`,
      reference: `bare client, split ${splitMs.toFixed(0)} ms`,
      budget: '',
      isWithin: undefined,
    },
  ];
}

async function bundleBareHandler(name: string, splitting: boolean): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, 'bare.ts');
  writeFileSync(
    entry,
    "import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';\nconst client = new DynamoDBClient({});\nexport const handler = async () => client.send(new GetItemCommand({ TableName: 't', Key: {} }));\n",
  );
  const outdir = resolve(folder, name);
  const options = bundleOptions({ root: repositoryRoot, outdir, sourcemap: false });
  await build({ ...options, splitting, entryPoints: [{ in: resolve(entry), out: 'index' }] });
  return join(outdir, 'index.mjs');
}

function importMs(path: string): number {
  const script = `const t=performance.now();await import(${JSON.stringify(pathToFileURL(path).href)});process.stdout.write(String(performance.now()-t));process.exit(0)`;
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
  };
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...environment, PATH: process.env['PATH'] },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}
