/** Every operation of the API that the engine answers, by name. */
import { AwsError } from '../../../runtime/types.ts';
import type { Engine } from '../engine.ts';
import { batchGetItem } from './batch-get-item.ts';
import { batchWriteItem } from './batch-write-item.ts';
import { getItem } from './get-item.ts';
import { IdempotencyTokens } from './idempotency-tokens.ts';
import { deleteItem, putItem, updateItem } from './item-writes.ts';
import { query } from './query.ts';
import type { ApiRequest } from './request-members.ts';
import { scan } from './scan.ts';
import {
  createTable,
  deleteTable,
  describeTable,
  describeTimeToLive,
  listTables,
  updateTimeToLive,
} from './table-operations.ts';
import { transactGetItems } from './transact-get-items.ts';
import { transactWriteItems } from './transact-write-items.ts';

/** Answers one call; synchronous, so a call is atomic against every other. Throws AwsError. */
export type CallOperation = (operation: string, input: object) => object;

export function bindOperations(engine: Engine): CallOperation {
  const tokens = new IdempotencyTokens(engine.context.clock);
  const operations: Record<string, (engine: Engine, request: ApiRequest) => object> = {
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    CreateTable: createTable,
    DeleteItem: deleteItem,
    DeleteTable: deleteTable,
    DescribeTable: describeTable,
    DescribeTimeToLive: describeTimeToLive,
    GetItem: getItem,
    ListTables: listTables,
    PutItem: putItem,
    Query: query,
    Scan: scan,
    TransactGetItems: transactGetItems,
    TransactWriteItems: (_, request) => transactWriteItems(engine, tokens, request),
    UpdateItem: updateItem,
    UpdateTimeToLive: updateTimeToLive,
  };
  return (operation, input) => {
    if (!Object.hasOwn(operations, operation))
      throw new AwsError('UnknownOperationException', `The local DynamoDB does not know the operation ${operation}`);
    return operations[operation]!(engine, input as ApiRequest);
  };
}
