/** Creates `AWS::DynamoDB::Table`: a new table, or an existing one brought to what the template says. */
import { ConfigurationError, type CreatedResource, type DeclaredResource } from '../../../runtime/types.ts';
import type { Engine } from '../engine.ts';
import { watchExpiry } from '../expire-items.ts';
import { streamArnOf } from './describe-table.ts';
import { readTableDefinition } from './read-table-definition.ts';
import type { TableDefinition, TableProperties } from './table-definition.ts';

/**
 * Properties that shape the table, and those without an effect on one machine: backups, encryption at rest,
 * throughput limits, metrics and access policies.
 */
const knownProperties = new Set([
  'TableName',
  'KeySchema',
  'AttributeDefinitions',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'BillingMode',
  'StreamSpecification',
  'TimeToLiveSpecification',
  'DeletionProtectionEnabled',
  'Tags',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'ResourcePolicy',
  'ProvisionedThroughput',
  'OnDemandThroughput',
  'WarmThroughput',
  'ContributorInsightsSpecification',
  'TableClass',
]);

export function provideTable(engine: Engine, resource: DeclaredResource): CreatedResource {
  const { catalog } = engine;
  const { properties, logicalId, stackName } = resource;
  const unknown = Object.keys(properties).filter((name) => !knownProperties.has(name));
  if (unknown.length > 0)
    throw new ConfigurationError(
      `Table ${logicalId} of stack ${stackName} has a property that the local DynamoDB cannot honour: ${unknown.join(', ')}.`,
    );
  const name = (properties['TableName'] as string | undefined) ?? resource.defaultName;
  const definition = readDefinition(name, resource);
  const existing = catalog.get(name);
  const table = existing === undefined ? catalog.create(definition) : catalog.change(existing, definition);
  const timeToLive = properties['TimeToLiveSpecification'] as { Enabled?: boolean; AttributeName?: string } | undefined;
  const attribute = timeToLive?.Enabled ? timeToLive.AttributeName : undefined;
  if (attribute !== table.entry.timeToLiveAttribute) {
    catalog.setTimeToLive(table, attribute);
    watchExpiry(engine, table);
  }
  const streamArn = streamArnOf(table);
  return { ref: name, attributes: { Arn: table.arn, ...(streamArn === undefined ? {} : { StreamArn: streamArn }) } };
}

function readDefinition(name: string, { properties, logicalId, stackName }: DeclaredResource): TableDefinition {
  try {
    return readTableDefinition(name, properties as TableProperties);
  } catch (cause) {
    throw new ConfigurationError(
      `Table ${logicalId} of stack ${stackName} cannot be created: ${(cause as Error).message}`,
      { cause },
    );
  }
}
