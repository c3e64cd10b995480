/**
 * The one error of a cancelled transaction, with a reason for every item in its order.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#API_TransactWriteItems_Errors
 */
import { AwsError } from '../../../runtime/types.ts';
import type { Engine } from '../engine.ts';
import type { Table } from '../tables/table.ts';
import type { Item } from '../values/attribute-value.ts';

export interface CancellationReason {
  Code: 'None' | 'ConditionalCheckFailed' | 'TransactionConflict' | 'ThrottlingError' | 'ValidationError';
  Message?: string;
  Item?: Item;
}

export const noReason: CancellationReason = { Code: 'None' };

export function transactionCancelled(reasons: CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

/** The reason that an injected fault gives for this item, if one strikes. */
export function injectedReason({ context }: Engine, table: Table): CancellationReason | undefined {
  const { name } = table.entry.definition;
  if (context.faults.strike('dynamodb.transaction-conflict', name) !== undefined)
    return { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  if (context.faults.strike('dynamodb.throttle', name) !== undefined)
    return {
      Code: 'ThrottlingError',
      Message:
        'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
    };
  return undefined;
}

/** The reason behind a failed decision. Rethrows what no reason stands for. */
export function reasonOf(error: unknown): CancellationReason {
  if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') {
    const item = error.extra['Item'] as Item | undefined;
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...(item === undefined ? {} : { Item: item }) };
  }
  if (error instanceof AwsError && error.code === 'ValidationException')
    return { Code: 'ValidationError', Message: error.message };
  throw error;
}
