/** The control plane: tables are ready as soon as they are created. */
import { AwsError } from '../../../runtime/types.ts';
import type { Engine } from '../engine.ts';
import { tableNotFound, validationError } from '../errors.ts';
import { watchExpiry } from '../expire-items.ts';
import { describeTable as describe } from '../tables/describe-table.ts';
import { readTableDefinition } from '../tables/read-table-definition.ts';
import type { TableProperties } from '../tables/table-definition.ts';
import {
  type ApiRequest,
  optionalBoolean,
  optionalInteger,
  optionalString,
  requiredMap,
  tableNameOf,
} from './request-members.ts';

export function createTable({ catalog }: Engine, request: ApiRequest): object {
  const definition = readTableDefinition(tableNameOf(request), request as TableProperties);
  if (catalog.get(definition.name) !== undefined)
    throw new AwsError('ResourceInUseException', `Table already exists: ${definition.name}`);
  return { TableDescription: describe(catalog.create(definition)) };
}

export function deleteTable({ catalog }: Engine, request: ApiRequest): object {
  const table = catalog.require(tableNameOf(request), tableNotFound);
  if (table.entry.definition.deletionProtection)
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  const description = describe(table, 'DELETING');
  catalog.delete(table);
  return { TableDescription: description };
}

export function describeTable({ catalog }: Engine, request: ApiRequest): object {
  return { Table: describe(catalog.require(tableNameOf(request), tableNotFound)) };
}

export function listTables({ catalog }: Engine, request: ApiRequest): object {
  const limit = optionalInteger(request, 'Limit', 1, 100) ?? 100;
  const after = optionalString(request, 'ExclusiveStartTableName');
  const names = catalog.names().filter((name) => after === undefined || name > after);
  const page = names.slice(0, limit);
  return { TableNames: page, ...(names.length > limit ? { LastEvaluatedTableName: page.at(-1) } : {}) };
}

export function describeTimeToLive({ catalog }: Engine, request: ApiRequest): object {
  const attribute = catalog.require(tableNameOf(request), tableNotFound).entry.timeToLiveAttribute;
  return {
    TimeToLiveDescription:
      attribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
export function updateTimeToLive(engine: Engine, request: ApiRequest): object {
  const { catalog } = engine;
  const table = catalog.require(tableNameOf(request), tableNotFound);
  const specification = requiredMap(request, 'TimeToLiveSpecification');
  const enabled = optionalBoolean(specification, 'Enabled');
  const attribute = optionalString(specification, 'AttributeName');
  if (enabled === undefined || attribute === undefined || attribute === '')
    throw validationError('TimeToLiveSpecification needs AttributeName and Enabled');
  const current = table.entry.timeToLiveAttribute;
  if (enabled && current === attribute) throw validationError('TimeToLive is already enabled');
  if (enabled && current !== undefined)
    throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  if (!enabled && current === undefined) throw validationError('TimeToLive is already disabled');
  catalog.setTimeToLive(table, enabled ? attribute : undefined);
  watchExpiry(engine, table);
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } };
}
