/** A partner's program: written with the types that the platform serves, held to them by the compiler, and run against it. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Mizan } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';

const run = promisify(execFile);
const program = `
import createClient from 'openapi-fetch';
import type { paths, webhooks } from './client.d.ts';

const [baseUrl, key, meterId] = process.argv.slice(2) as [string, string, string];
const mizan = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${key}\` } });

const made = await mizan.POST('/api/scada/stations', { body: { id: 'TYPED-1', name: 'North' } });
const id: string | undefined = made.data?.data.id;
const again = await mizan.POST('/api/scada/stations', { body: { id: 'TYPED-1', name: 'North' } });
const code: string | undefined = again.error?.code;
const meter = await mizan.GET('/api/billing/meters/{id}', { params: { path: { id: meterId } } });
const list = await mizan.GET('/api/scada/stations', { params: { query: { limit: 1 } } });
const next: string | null | undefined = list.data?.pagination.nextCursor;
console.log(JSON.stringify({ id, code, model: meter.data?.data.model, isMore: next !== null }));

export const number = (message: webhooks['invoice.created']): string => message.data.invoiceNumber;
export const wrong = async (): Promise<void> => {
  // @ts-expect-error a station has a name
  await mizan.POST('/api/scada/stations', { body: { id: 'ST-1' } });
  // @ts-expect-error an id is missing
  await mizan.GET('/api/scada/stations/{id}', {});
  // @ts-expect-error there is no such path
  await mizan.GET('/api/scada/stationss');
  // @ts-expect-error a station cannot be patched
  await mizan.PATCH('/api/scada/stations/{id}');
};
`;
const compilerOptions = {
  ...{ strict: true, noEmit: true, module: 'nodenext', target: 'es2024', lib: ['es2024', 'dom'], types: ['node'] },
  allowImportingTsExtensions: true,
};

let mizan: Omit<Mizan, 'stop'>;
let folder: string;
beforeAll(async () => {
  mizan = await shareMizan({ meters: 1 });
  mkdirSync('dist', { recursive: true });
  folder = mkdtempSync(join('dist', 'client-'));
  const types = await fetch(`${mizan.platform.endpoints.restUrl}/api/docs/client.d.ts`);
  writeFileSync(join(folder, 'client.d.ts'), await types.text());
  writeFileSync(join(folder, 'program.ts'), program);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['program.ts', 'client.d.ts'] }),
  );
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
});

it('a program is stopped where it asks wrongly, and knows what it gets', async () => {
  const said = await run(resolve('node_modules/.bin/tsc'), ['-p', folder]).catch((error) => error);
  expect({ stdout: said.stdout, stderr: said.stderr }).toEqual({ stdout: '', stderr: '' });
});

it('a program calls the platform', async () => {
  const { north, platform } = mizan;
  const { stdout } = await run(process.execPath, [
    join(folder, 'program.ts'),
    ...[platform.endpoints.restUrl, north.apiKey, north.meterIds[0]!],
  ]);
  expect(JSON.parse(stdout)).toEqual({ id: 'TYPED-1', code: 'already_exists', model: 'ADL200', isMore: true });
});
