/**
 * A log-in: argon2id must be the only slow thing in it. Whole log-ins and bare derivations run in turn in one process,
 * against the embedded DynamoDB and KMS in another; what is left of a log-in beside its one derivation is the measure.
 */
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { environmentName } from '../layers/kernel/config/resource-names.ts';
import { createKmsService } from '../local/services/kms/index.ts';
import { serveForTest } from '../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../local/services/test-support/fake-context.ts';
import { startTables } from '../test/support/tables.ts';
import type { LogInMeasurement } from './log-in-child.ts';
import type { BenchResult } from './result.ts';

/** Of one derivation: the one thing that is slow on purpose costs more than everything else together. */
const budgetShare = 1;

export async function run(): Promise<BenchResult[]> {
  const tables = await startTables(['identity', 'limits']);
  const kms = createKmsService(createFakeContext());
  const endpoint = await serveForTest(kms);
  try {
    for (const name of ['signing', 'signing-next'])
      process.env[environmentName.keyId(name)] = (
        await createResource(kms, 'AWS::KMS::Key', name, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
      ).ref;
    process.env['AWS_ENDPOINT_URL_KMS'] = endpoint.url;
    const { logIn, refused, derivation } = await measure();
    const rest = logIn.cpuMs - derivation.cpuMs;
    return [
      {
        name: 'log-in beside its one argon2id derivation, CPU with all AWS calls',
        measured: `${rest.toFixed(1)} ms`,
        reference: `one derivation ${derivation.cpuMs.toFixed(1)} ms, whole log-in ${logIn.cpuMs.toFixed(1)} ms`,
        budget: `≤ ${budgetShare} × a derivation (${(rest / derivation.cpuMs).toFixed(2)} ×)`,
        isWithin: rest <= budgetShare * derivation.cpuMs,
      },
      {
        name: 'for information: the same as time, and a refused log-in',
        measured: `${logIn.wallMs.toFixed(1)} ms, refused ${refused.wallMs.toFixed(1)} ms`,
        reference: `one derivation ${derivation.wallMs.toFixed(1)} ms`,
        budget: '',
        isWithin: undefined,
      },
    ];
  } finally {
    await endpoint.close();
    await tables.close();
  }
}

function measure(): Promise<LogInMeasurement> {
  return new Promise((done, fail) => {
    const child = fork(resolve('bench/log-in-child.ts'), [resolve('dist/functions/identity-auth/index.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (message) => done(message as LogInMeasurement));
    child.once('exit', (code) => code && fail(new Error(`The measured process ended with ${code}.`)));
  });
}
