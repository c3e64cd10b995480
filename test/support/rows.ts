/** Everything a platform has stored, to see what moved and what must never be there. */
import type { Platform } from '../../local/platform.ts';
import type { DynamoDbService } from '../../local/services/dynamodb/index.ts';

/** Every row of every table whose name passes, as DynamoDB JSON. */
export function* rowsOf(
  { context }: Platform,
  passes: (table: string) => boolean = () => true,
): Generator<Record<string, any>> {
  const dynamodb = context.service<DynamoDbService>('dynamodb');
  const { TableNames } = dynamodb.call('ListTables', {}) as { TableNames: string[] };
  for (const TableName of TableNames.filter(passes)) {
    // A page holds 1 MB.
    let ExclusiveStartKey: unknown;
    do {
      const page = dynamodb.call('Scan', { TableName, ExclusiveStartKey }) as {
        Items: Record<string, any>[];
        LastEvaluatedKey?: unknown;
      };
      yield* page.Items;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }
}
