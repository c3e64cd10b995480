/** Scan, whole or in parallel segments. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html */
import type { Engine } from '../engine.ts';
import { validationError } from '../errors.ts';
import { ExpressionScope } from '../expressions/expression-scope.ts';
import { partitionPrefixBytes } from '../values/key-encoding.ts';
import { throttle } from './inject-faults.ts';
import { capacityChoices } from './item-writes.ts';
import { readPage } from './read-page.ts';
import { startPosition } from './read-position.ts';
import { checkProjection } from './read-shape.ts';
import { readTarget } from './read-target.ts';
import { type ApiRequest, optionalEnum, optionalInteger, refuseLegacyParameters } from './request-members.ts';

const maxSegments = 1_000_000;

export function scan(engine: Engine, request: ApiRequest): object {
  refuseLegacyParameters(request);
  const limit = optionalInteger(request, 'Limit', 1, 2 ** 31 - 1);
  const askedCapacity = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const segment = readSegment(request);
  const scope = new ExpressionScope(request, ['ProjectionExpression', 'FilterExpression']);
  const filter = scope.parse('FilterExpression');
  const projection = scope.parse('ProjectionExpression');
  scope.finish();
  const target = readTarget(engine, request, projection);
  checkProjection(projection, target.table);
  const start = startPosition(request, target);
  if (start !== undefined && segment !== undefined && !isWithin(start.columns[0]!, segment))
    throw validationError(
      `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${request['TotalSegments']} Segment: ${request['Segment']}`,
    );
  throttle(engine, target.table, 'read');
  return readPage(engine, target, {
    range: {
      reverse: false,
      ...(segment === undefined ? {} : { segment }),
      ...(start === undefined ? {} : { after: start.columns }),
    },
    limit,
    filter,
    values: scope.values,
    projection,
    askedCapacity,
  });
}

interface Segment {
  from: Uint8Array;
  to?: Uint8Array;
}

function readSegment(request: ApiRequest): Segment | undefined {
  const segment = optionalInteger(request, 'Segment', 0, maxSegments - 1);
  const total = optionalInteger(request, 'TotalSegments', 1, maxSegments);
  if (segment === undefined && total === undefined) return undefined;
  if (total === undefined)
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  if (segment === undefined)
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  if (segment >= total)
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  const from = hashPrefix(segment, total);
  return segment === total - 1 ? { from } : { from, to: hashPrefix(segment + 1, total) };
}

/** Where a segment begins when the hash space is cut into equal parts. */
function hashPrefix(segment: number, total: number): Buffer {
  const prefix = Buffer.alloc(partitionPrefixBytes);
  prefix.writeUInt32BE(Math.floor((segment / total) * 2 ** (8 * partitionPrefixBytes)));
  return prefix;
}

function isWithin(hash: Uint8Array, { from, to }: Segment): boolean {
  return Buffer.compare(hash, from) >= 0 && (to === undefined || Buffer.compare(hash, to) < 0);
}
