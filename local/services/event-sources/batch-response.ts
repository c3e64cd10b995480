/**
 * What a function's answer says about the records of its batch.
 * @see Lambda Developer Guide, "Handling errors for an SQS event source", "Success and failure conditions";
 * the same conditions hold for streams ("Configuring partial batch response with DynamoDB and Lambda")
 */
import type { InvokeResult } from '../../runtime/types.ts';

export type BatchResponse =
  | { kind: 'success' }
  /** Only these records failed. */
  | { kind: 'partial'; failed: Set<string> }
  /** The whole batch counts as failed. */
  | { kind: 'failure'; reason: string };

/**
 * @param identifiers of the records in the batch: message ids or sequence numbers
 * @param reportsItems whether the mapping asks for ReportBatchItemFailures
 */
export function readBatchResponse(
  result: InvokeResult,
  identifiers: ReadonlySet<string>,
  reportsItems: boolean,
): BatchResponse {
  if (result.functionError !== undefined) return { kind: 'failure', reason: result.payload };
  if (!reportsItems) return { kind: 'success' };
  let answer: unknown;
  try {
    answer = result.payload === '' ? null : JSON.parse(result.payload);
  } catch {
    return { kind: 'failure', reason: 'the response is not valid JSON' };
  }
  if (answer === null) return { kind: 'success' };
  if (typeof answer !== 'object' || Array.isArray(answer))
    return { kind: 'failure', reason: 'the response is not an object' };
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return { kind: 'success' };
  if (!Array.isArray(failures)) return { kind: 'failure', reason: 'batchItemFailures is not a list' };
  const failed = new Set<string>();
  for (const failure of failures) {
    const identifier: unknown = failure?.itemIdentifier;
    if (typeof identifier !== 'string' || !identifiers.has(identifier))
      return {
        kind: 'failure',
        reason: `batchItemFailures names ${JSON.stringify(failure)}, which is not in the batch`,
      };
    failed.add(identifier);
  }
  return failed.size === 0 ? { kind: 'success' } : { kind: 'partial', failed };
}
