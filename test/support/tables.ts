/** Real tables for tests of data access: the embedded DynamoDB behind the AWS SDK, in memory. */
import { environmentName } from '../../layers/kernel/config/resource-names.ts';
import { type TestService, testService } from '../../local/services/dynamodb/test-service.ts';
import { serveForTest } from '../../local/services/test-support/aws-server.ts';

export interface TestTables {
  dynamodb: TestService;
  /** Every item of a table, as DynamoDB JSON. */
  scan(table: string): Record<string, any>[];
  close(): Promise<void>;
}

const keyAttributes = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];

/** Creates tables by logical name, each with both indexes, and points the SDK and the kernel at them. */
export async function startTables(names: readonly string[]): Promise<TestTables> {
  const dynamodb = testService();
  for (const name of names) {
    dynamodb.table(name, {
      // Nobody reads it here: tests of what follows a change read the outbox.
      StreamSpecification: { StreamEnabled: false },
      AttributeDefinitions: keyAttributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((index) => ({
        IndexName: index,
        KeySchema: [
          { AttributeName: `${index}pk`, KeyType: 'HASH' },
          { AttributeName: `${index}sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      })),
    });
    process.env[environmentName.table(name)] = name;
  }
  const endpoint = await serveForTest(dynamodb.service);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return {
    dynamodb,
    scan(table) {
      // A page holds 1 MB.
      const items: Record<string, any>[] = [];
      let from: object | undefined;
      do {
        const page = dynamodb.call('Scan', { TableName: table, ...(from ? { ExclusiveStartKey: from } : {}) });
        items.push(...page.Items);
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return items;
    },
    close: () => endpoint.close(),
  };
}
