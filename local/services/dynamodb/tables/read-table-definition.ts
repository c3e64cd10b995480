/**
 * Reads a table's definition from the same properties whether they come from CreateTable or from a template, and
 * refuses what AWS refuses.
 */
import { validationError } from '../errors.ts';
import type {
  IndexDefinition,
  IndexProperties,
  KeyAttribute,
  StreamViewType,
  TableDefinition,
  TableProperties,
} from './table-definition.ts';

const namePattern = /^[a-zA-Z0-9_.-]{3,255}$/;
const invalid = 'One or more parameter values were invalid: ';
const viewTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'];
const projectionTypes = ['ALL', 'KEYS_ONLY', 'INCLUDE'];

/** Throws a ValidationException for what AWS refuses. */
export function readTableDefinition(name: string, properties: TableProperties): TableDefinition {
  if (!namePattern.test(name))
    throw validationError(
      `1 validation error detected: Value '${name}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have a length of 3 to 255`,
    );
  const types = readAttributeTypes(properties.AttributeDefinitions ?? []);
  const keys = readKeys(properties.KeySchema, types);
  const indexes = [
    ...(properties.LocalSecondaryIndexes ?? []).map((index) => readIndex(index, 'local', types)),
    ...(properties.GlobalSecondaryIndexes ?? []).map((index) => readIndex(index, 'global', types)),
  ];
  checkIndexes(indexes, keys);
  const used = new Set([keys, ...indexes].flatMap(({ hash, range }) => [hash.name, range?.name]));
  if ([...types.keys()].some((attribute) => !used.has(attribute)))
    throw validationError(
      `${invalid}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    );
  return {
    name,
    ...keys,
    indexes,
    streamViewType: readStream(properties.StreamSpecification),
    billingMode: properties.BillingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    deletionProtection: properties.DeletionProtectionEnabled === true,
  };
}

/** Names of key attributes have at most 255 characters (Constraints in Amazon DynamoDB, attributes). */
function readAttributeTypes(definitions: { AttributeName: string; AttributeType: string }[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const { AttributeName: name, AttributeType: type } of definitions) {
    if (!['S', 'N', 'B'].includes(type))
      throw validationError(
        `1 validation error detected: Value '${type}' at 'attributeDefinitions.${types.size + 1}.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]`,
      );
    if (!(name.length >= 1 && name.length <= 255))
      throw validationError(`${invalid}The name of a key attribute has 1 to 255 characters: ${name}`);
    if (types.has(name)) throw validationError(`${invalid}Duplicate AttributeName: ${name}`);
    types.set(name, type);
  }
  return types;
}

function readKeys(
  schema: { AttributeName: string; KeyType: string }[] | undefined,
  types: Map<string, string>,
): { hash: KeyAttribute; range: KeyAttribute | undefined } {
  const [hash, range, ...more] = schema ?? [];
  if (hash === undefined || more.length > 0)
    throw validationError(`${invalid}A key schema has a HASH key and at most one RANGE key`);
  if (hash.KeyType !== 'HASH')
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (range !== undefined && range.KeyType !== 'RANGE')
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  if (hash.AttributeName === range?.AttributeName)
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  const keyOf = ({ AttributeName: name }: { AttributeName: string }): KeyAttribute => {
    const type = types.get(name);
    if (type !== 'S' && type !== 'N' && type !== 'B')
      throw validationError(
        `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
      );
    return { name, type };
  };
  return { hash: keyOf(hash), range: range === undefined ? undefined : keyOf(range) };
}

function readIndex(index: IndexProperties, kind: 'global' | 'local', types: Map<string, string>): IndexDefinition {
  const projection = index.Projection?.ProjectionType;
  if (projection === undefined || !projectionTypes.includes(projection))
    throw validationError(`${invalid}Unknown ProjectionType: ${projection ?? 'null'}`);
  const nonKeyAttributes = index.Projection.NonKeyAttributes ?? [];
  if (nonKeyAttributes.length > 0 && projection !== 'INCLUDE')
    throw validationError(`${invalid}ProjectionType is ${projection}, but NonKeyAttributes is specified`);
  if (nonKeyAttributes.length === 0 && projection === 'INCLUDE')
    throw validationError(`${invalid}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`);
  return {
    name: index.IndexName,
    kind,
    ...readKeys(index.KeySchema, types),
    projection: projection as IndexDefinition['projection'],
    nonKeyAttributes: [...nonKeyAttributes],
  };
}

/** At most 20 global and 5 local indexes (Quotas in Amazon DynamoDB, secondary indexes per table). */
function checkIndexes(
  indexes: IndexDefinition[],
  table: { hash: KeyAttribute; range: KeyAttribute | undefined },
): void {
  const names = new Set<string>();
  for (const { name, kind, hash, range } of indexes) {
    if (!namePattern.test(name))
      throw validationError(
        `1 validation error detected: Value '${name}' at 'indexName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have a length of 3 to 255`,
      );
    if (names.has(name)) throw validationError(`${invalid}Duplicate index name: ${name}`);
    names.add(name);
    if (kind === 'global') continue;
    if (table.range === undefined)
      throw validationError(
        `${invalid}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
      );
    if (range === undefined)
      throw validationError(`${invalid}Index KeySchema does not have a range key for index: ${name}`);
    if (hash.name !== table.hash.name)
      throw validationError(
        `${invalid}Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. index hash key: ${hash.name}, table hash key: ${table.hash.name}`,
      );
  }
  const locals = indexes.filter(({ kind }) => kind === 'local').length;
  if (locals > 5) throw validationError(`${invalid}Number of LocalSecondaryIndexes exceeds per-table limit of 5`);
  if (indexes.length - locals > 20)
    throw validationError(`${invalid}GlobalSecondaryIndex count exceeds the per-table limit of 20`);
}

function readStream(stream: TableProperties['StreamSpecification']): StreamViewType | undefined {
  if (stream === undefined || stream.StreamEnabled === false) return undefined;
  if (!viewTypes.includes(stream.StreamViewType ?? ''))
    throw validationError(`${invalid}Unknown StreamViewType: ${stream.StreamViewType ?? 'null'}`);
  return stream.StreamViewType as StreamViewType;
}
