/**
 * The authorizer of HTTP requests: its own CPU per request, for an access token and for an API key. The function and, for
 * reference, the bare reads it makes run in turn in one process, against the embedded DynamoDB and KMS in another.
 */
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import { createKmsService } from '../local/services/kms/index.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../local/services/test-support/fake-context.ts';
import { startTables } from '../test/support/tables.ts';
import type { AuthorizerMeasurement } from './authorizer-child.ts';
import type { BenchResult } from './result.ts';

/** That of a warm HTTP function: the gateway's cache asks the authorizer once in five minutes and credential. */
const budgetMs = 1;

export async function run(): Promise<BenchResult[]> {
  const tables = await startTables(['identity', 'scada', 'limits']);
  const kms = createKmsService(createFakeContext());
  const endpoint = await serveForTest(kms);
  try {
    for (const name of ['signing', 'signing-next'])
      process.env[environmentName.keyId(name)] = (
        await createResource(kms, 'AWS::KMS::Key', name, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
      ).ref;
    process.env['AWS_ENDPOINT_URL_KMS'] = endpoint.url;
    return (await measure()).map(({ credential, functionMs, bareMs, reads }) => {
      const ownMs = functionMs - bareMs;
      return {
        name: `authorizer, ${credential}, own CPU per request`,
        measured: `${ownMs.toFixed(2)} ms`,
        reference: `with its reads ${functionMs.toFixed(2)} ms, the ${reads} reads bare ${bareMs.toFixed(2)} ms`,
        budget: `≤ ${budgetMs} ms`,
        isWithin: ownMs <= budgetMs,
      };
    });
  } finally {
    await endpoint.close();
    await tables.close();
  }
}

function measure(): Promise<AuthorizerMeasurement[]> {
  return new Promise((done, fail) => {
    const bundle = resolve('dist/functions/identity-authorize-request/index.mjs');
    const child = fork(resolve('bench/authorizer-child.ts'), [bundle], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (message) => done(message as AuthorizerMeasurement[]));
    child.once('exit', (code) => code && fail(new Error(`The measured process ended with ${code}.`)));
  });
}
