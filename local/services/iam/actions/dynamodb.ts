/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
import type { ContextKeys } from '../conditions.ts';
import {
  arnOf,
  type Input,
  inputOf,
  type NeededPermission,
  type RequestReader,
  type RequestScope,
} from './needed-permission.ts';

/** A transaction needs the permissions of its single actions. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const TRANSACT_ACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Delete: 'dynamodb:DeleteItem',
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

export const readDynamoDbRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  switch (operation) {
    case 'GetItem':
    case 'DeleteItem':
    case 'UpdateItem':
      return [
        onTable(`dynamodb:${operation}`, input['TableName'], scope, (table) => [keyOf(input['Key'], table, scope)]),
      ];
    case 'PutItem':
      return [onTable('dynamodb:PutItem', input['TableName'], scope, (table) => [keyOf(input['Item'], table, scope)])];
    case 'Query':
    case 'Scan':
      return [onTableOrIndex(operation, input, scope)];
    case 'BatchGetItem':
      return onEachTable('dynamodb:BatchGetItem', input, scope, (part, table) =>
        (part.Keys ?? []).map((key: Input) => keyOf(key, table, scope)),
      );
    case 'BatchWriteItem':
      return onEachTable('dynamodb:BatchWriteItem', input, scope, (part, table) =>
        part.map(({ PutRequest, DeleteRequest }: Input) => keyOf(PutRequest?.Item ?? DeleteRequest?.Key, table, scope)),
      );
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return inTransaction(operation, input, scope);
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resource: '*' }];
    default:
      return [onTable(`dynamodb:${operation}`, input['TableName'], scope)];
  }
};

type LeadingKeys = (tableArn: string) => (string | undefined)[];

function onTable(action: string, table: unknown, scope: RequestScope, leadingKeys?: LeadingKeys): NeededPermission {
  const resource = tableArn(table, scope);
  return leadingKeys === undefined
    ? { action, resource }
    : { action, resource, keys: contextOf(resource, leadingKeys) };
}

function onTableOrIndex(operation: string, input: Input, scope: RequestScope): NeededPermission {
  const table = tableArn(input['TableName'], scope);
  const resource = input['IndexName'] === undefined ? table : `${table}/index/${input['IndexName']}`;
  const leadingKeys: LeadingKeys = () => [queriedKey(input, scope.partitionKey(resource))];
  return { action: `dynamodb:${operation}`, resource, keys: contextOf(resource, leadingKeys) };
}

function onEachTable(
  action: string,
  { RequestItems = {} }: Input,
  scope: RequestScope,
  leadingKeys: (part: any, tableArn: string) => (string | undefined)[],
): NeededPermission[] {
  return Object.entries(RequestItems as Input).map(([table, part]) =>
    onTable(action, table, scope, (arn) => leadingKeys(part, arn)),
  );
}

function inTransaction(operation: string, { TransactItems = [] }: Input, scope: RequestScope): NeededPermission[] {
  return (TransactItems as Input[]).flatMap((item) =>
    Object.entries(item).flatMap(([kind, part]) => {
      const action = TRANSACT_ACTIONS[kind];
      if (action === undefined) return [];
      const resource = tableArn(part.TableName, scope);
      const keys = contextOf(resource, (table) => [keyOf(part.Key ?? part.Item, table, scope)], operation);
      return [{ action, resource, keys }];
    }),
  );
}

function tableArn(table: unknown, scope: RequestScope): string {
  const name = String(table);
  return name.startsWith('arn:') ? name : arnOf(scope, 'dynamodb', `table/${name}`);
}

function contextOf(arn: string, leadingKeys: LeadingKeys, enclosing?: string): ContextKeys {
  return (name) => {
    if (name === 'dynamodb:enclosingoperation') return enclosing === undefined ? undefined : [enclosing];
    if (name !== 'dynamodb:leadingkeys') return undefined;
    const known = leadingKeys(arn).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known;
  };
}

/** The text of the partition key in a key or an item. */
function keyOf(item: Input | undefined, table: string, scope: RequestScope): string | undefined {
  return textOf(item?.[scope.partitionKey(table) ?? '']);
}

/** The value that a KeyConditionExpression asks the partition key to be equal to. */
function queriedKey(input: Input, partitionKey: string | undefined): string | undefined {
  const { KeyConditionExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
  for (const [, left, right] of String(KeyConditionExpression).matchAll(/([#:\w.-]+)\s*=\s*([#:\w.-]+)/g)) {
    const [name, value] = left!.startsWith(':') ? [right!, left!] : [left!, right!];
    if ((ExpressionAttributeNames[name] ?? name) === partitionKey) return textOf(ExpressionAttributeValues[value]);
  }
  return undefined;
}

const textOf = (value: Input | undefined): string | undefined => value?.['S'] ?? value?.['N'] ?? value?.['B'];
