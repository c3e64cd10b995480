/** Reads any number of variables in as few requests as the agreed size allows, smaller ones where the answer is too large. */

import { sizeOf } from '../asn1/ber-writer.ts';
import { RejectedError, ServiceError } from '../errors.ts';
import type { AccessResult } from '../mms/access-result.ts';
import type { CallOptions } from '../mms/calls.ts';
import type { MmsClient } from '../mms/client.ts';
import type { Variable } from '../mms/variable-access.ts';
import { encodeVariables } from '../mms/variable-access.ts';

/** Many devices take no more in one request, whatever size they agreed to. */
const maxVariables = 100;
/** Room for what surrounds the list of variables in a request. */
const overhead = 64;

export async function readMany(mms: MmsClient, variables: Variable[], options?: CallOptions): Promise<AccessResult[]> {
  const results = await Promise.all(
    batches(variables, mms.negotiated.maxPduSize - overhead).map((batch) => readBatch(mms, batch, options)),
  );
  return results.flat();
}

function batches(variables: Variable[], room: number): Variable[][] {
  const all: Variable[][] = [];
  let batch: Variable[] = [];
  let size = 0;
  for (const variable of variables) {
    const own = sizeOf(encodeVariables(0xa0, [variable]));
    if (batch.length > 0 && (size + own > room || batch.length >= maxVariables)) {
      all.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(variable);
    size += own;
  }
  if (batch.length > 0) all.push(batch);
  return all;
}

async function readBatch(mms: MmsClient, variables: Variable[], options?: CallOptions): Promise<AccessResult[]> {
  try {
    return await mms.read(variables, options);
  } catch (error) {
    const mayBeTooLarge = error instanceof ServiceError || error instanceof RejectedError;
    if (!mayBeTooLarge || variables.length < 2 || !mms.isOpen) throw error;
    const half = Math.ceil(variables.length / 2);
    const first = await readBatch(mms, variables.slice(0, half), options);
    return [...first, ...(await readBatch(mms, variables.slice(half), options))];
  }
}
