/** The `TableDescription` of the API. */
import type { Table } from './table.ts';
import type { IndexDefinition, KeyAttribute } from './table-definition.ts';

export function streamArnOf({ arn, entry }: Table): string | undefined {
  return entry.stream === undefined ? undefined : `${arn}/stream/${entry.stream.label}`;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html */
export function describeTable(table: Table, status: 'ACTIVE' | 'DELETING' = 'ACTIVE'): object {
  const { entry, arn } = table;
  const { definition, createdAtMs, tableId, stream } = entry;
  const { count, sizeBytes } = table.items.totals();
  const globals = indexDescriptions(table, 'global');
  const locals = indexDescriptions(table, 'local');
  return {
    TableName: definition.name,
    TableArn: arn,
    TableId: tableId,
    TableStatus: status,
    CreationDateTime: createdAtMs / 1000,
    KeySchema: keySchema(definition),
    AttributeDefinitions: attributeDefinitions([definition, ...definition.indexes]),
    ItemCount: count,
    TableSizeBytes: sizeBytes,
    BillingModeSummary: { BillingMode: definition.billingMode },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    DeletionProtectionEnabled: definition.deletionProtection,
    ...(globals.length > 0 ? { GlobalSecondaryIndexes: globals } : {}),
    ...(locals.length > 0 ? { LocalSecondaryIndexes: locals } : {}),
    ...(stream === undefined
      ? {}
      : {
          StreamSpecification: { StreamEnabled: true, StreamViewType: definition.streamViewType },
          LatestStreamArn: streamArnOf(table),
          LatestStreamLabel: stream.label,
        }),
  };
}

function indexDescriptions({ arn, indexes }: Table, kind: IndexDefinition['kind']): object[] {
  return indexes
    .filter(({ definition }) => definition.kind === kind)
    .map(({ definition, store }) => ({
      IndexName: definition.name,
      IndexArn: `${arn}/index/${definition.name}`,
      KeySchema: keySchema(definition),
      Projection: {
        ProjectionType: definition.projection,
        ...(definition.projection === 'INCLUDE' ? { NonKeyAttributes: definition.nonKeyAttributes } : {}),
      },
      ItemCount: store.count(),
      ...(kind === 'global' ? { IndexStatus: 'ACTIVE' } : {}),
    }));
}

interface KeyPair {
  hash: KeyAttribute;
  range: KeyAttribute | undefined;
}

function keySchema({ hash, range }: KeyPair): object[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    ...(range === undefined ? [] : [{ AttributeName: range.name, KeyType: 'RANGE' }]),
  ];
}

function attributeDefinitions(keys: KeyPair[]): object[] {
  const types = new Map(
    keys
      .flatMap(({ hash, range }) => [hash, range])
      .flatMap((key) => (key === undefined ? [] : [[key.name, key.type]])),
  );
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}
