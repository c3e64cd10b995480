/**
 * The only way to a table: a session bound to one tenant (or, for identity and registries, to the global scope).
 * There is no call here that takes a tenant, so none can take the wrong one.
 */
import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { AppError, notFound } from '../errors/app-error.ts';
import { type AuditRecord, auditKey } from './audit.ts';
import { documentClient } from './client.ts';
import { cursorProblem, decodeCursor, encodeCursor } from './cursor.ts';
import type { Entity, IndexName, ItemOf, KeyOf, Stored } from './entity.ts';
import { type AnyOf, type FilterTerm, filterExpression } from './expressions.ts';
import type { IdempotencyRecord } from './idempotency.ts';
import { globalScope, joinParts, type KeyParts, partitionKey, type Scope, scopePrefix } from './keys.ts';
import { fromStorage, scopeOf, storageKeys } from './storage-keys.ts';
import { UnitOfWork } from './unit-of-work.ts';

export interface SessionContext {
  scope: Scope;
  tenantId: string;
  /** The workspace of the tenant that rows of workspaces are read from and written to. */
  workspaceId?: string | undefined;
  /** Who acts; absent for the system's own reactions, which are traced by their event instead of audited. */
  actor: AuditRecord['actor'] | undefined;
  correlationId: string;
  /** The event that caused this work, if any. */
  causationId: string;
  clientIp: string;
  userAgent: string;
  /** The present time as ISO 8601. */
  now: () => string;
  idempotency?: IdempotencyRecord | undefined;
}

export interface QueryOptions {
  index?: IndexName;
  /** Parts of the partition key, without the tenant. */
  pk: KeyParts;
  /** Bounds of the sort key: a prefix, or an inclusive range of parts. */
  beginsWith?: KeyParts;
  from?: KeyParts;
  to?: KeyParts;
  order?: 'ascending' | 'descending';
  limit?: number;
  cursor?: string | undefined;
  filter?: readonly (FilterTerm | AnyOf)[];
  consistent?: boolean;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** DynamoDB's limits on keys of one batch read and on silent retries of what it left out. */
const batchGetLimit = 100;
const maxBatchRounds = 8;

/** A filter that hardly matches gives a short page with a cursor after this many reads of up to 1 MB each. */
const maxReadsPerPage = 10;
/**
 * A filter works on what was read, so its page does not say how much to read: a few times its length at first, since most filters
 * match much, then more, and whole megabytes once it is clear that this one hardly matches.
 */
const rowsOfFilteredRead = (limit: number, reads: number): number | undefined =>
  reads < 3 ? Math.max(100, limit + 1) * 4 ** reads : undefined;

export class TenantSession {
  readonly context: SessionContext;

  constructor(context: SessionContext) {
    this.context = context;
  }

  get tenantId(): string {
    return this.context.tenantId;
  }

  /** The same session for the rows of one workspace. Whether the caller may enter it is checked before: see `http/serve.ts`. */
  inWorkspace(workspaceId: string): TenantSession {
    return new TenantSession({ ...this.context, workspaceId });
  }

  /**
   * The same session for what a request writes before it takes effect: the first of its transactions marks its `Idempotency-Key` as
   * done, and one that died between the two would be told when it is repeated that it had taken effect. What takes effect in many
   * transactions, each of which a repetition finds done, is written beforehand altogether: its key is done with its answer.
   */
  beforehand(): TenantSession {
    return new TenantSession({ ...this.context, idempotency: undefined });
  }

  /** The same session for what follows the effect, and may be missed: it clears up, or something else sees to it. */
  afterwards(): TenantSession {
    return this.beforehand();
  }

  async get<E extends Entity>(
    entity: E,
    key: KeyOf<E>,
    options: { consistent?: boolean } = {},
  ): Promise<(ItemOf<E> & Stored) | undefined> {
    const { Item } = await documentClient().send(
      new GetCommand({
        TableName: tableName(entity.table),
        Key: storageKeys(scopeOf(this.context, entity), { ...entity, indexes: {} }, key).key,
        ConsistentRead: options.consistent ?? false,
      }),
    );
    return Item === undefined ? undefined : fromStorage(Item);
  }

  /** Like `get` with a consistent read, but `not_found` when there is none. */
  async require<E extends Entity>(entity: E, key: KeyOf<E>): Promise<ItemOf<E> & Stored> {
    const item = await this.get(entity, key, { consistent: true });
    if (item === undefined) throw notFound(entity.name, entity.idOf(key));
    return item;
  }

  /** Reads many items; those that do not exist are left out. Order is not kept. */
  async getMany<E extends Entity>(
    entity: E,
    keys: readonly KeyOf<E>[],
    { consistent = false }: { consistent?: boolean } = {},
  ): Promise<(ItemOf<E> & Stored)[]> {
    const table = tableName(entity.table);
    const found: (ItemOf<E> & Stored)[] = [];
    const plain = { ...entity, indexes: {} };
    for (let start = 0; start < keys.length; start += batchGetLimit) {
      let pending: Record<string, unknown>[] | undefined = keys
        .slice(start, start + batchGetLimit)
        .map((key) => storageKeys(scopeOf(this.context, entity), plain, key).key);
      for (let round = 0; pending !== undefined && pending.length > 0; round++) {
        if (round === maxBatchRounds) throw new AppError('unavailable', `Table ${entity.table} left keys unread.`);
        if (round > 0) await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** round));
        const answer: {
          Responses?: Record<string, Record<string, unknown>[]>;
          UnprocessedKeys?: Record<string, { Keys?: Record<string, unknown>[] }>;
        } = await documentClient().send(
          new BatchGetCommand({
            RequestItems: { [table]: { Keys: pending, ...(consistent ? { ConsistentRead: true } : {}) } },
          }),
        );
        for (const item of answer.Responses?.[table] ?? []) found.push(fromStorage(item));
        pending = answer.UnprocessedKeys?.[table]?.Keys;
      }
    }
    return found;
  }

  /** One page of a partition. With a filter, a page is filled from several reads; it may be short and still have a cursor. */
  async query<T>(entity: Pick<Entity, 'table' | 'perWorkspace'>, options: QueryOptions): Promise<Page<T>> {
    const scope = scopeOf(this.context, entity);
    const prefix = options.index ?? '';
    const partition = partitionKey(scope, options.pk);
    const limit = options.limit ?? 50;
    const filter = filterExpression(options.filter ?? []);
    const sort = sortCondition(options);
    const ownPrefix = scopePrefix(scope);
    let startKey: Record<string, unknown> | undefined = decodeCursor(
      options.cursor,
      { attribute: `${prefix}pk`, value: partition },
      ownPrefix,
      keyNames(prefix),
    );
    const found: Record<string, unknown>[] = [];
    let reads = 0;
    do {
      // One more than asked for, so that the last page knows that it is the last.
      const rows = filter ? rowsOfFilteredRead(limit, reads) : limit + 1 - found.length;
      const answer: { Items?: Record<string, unknown>[]; LastEvaluatedKey?: Record<string, unknown> } =
        await documentClient()
          .send(
            new QueryCommand({
              TableName: tableName(entity.table),
              ...(options.index ? { IndexName: options.index } : { ConsistentRead: options.consistent ?? false }),
              KeyConditionExpression: ['#pk = :pk', sort?.expression].filter(Boolean).join(' AND '),
              ExpressionAttributeNames: {
                '#pk': `${prefix}pk`,
                ...(sort ? { '#sk': `${prefix}sk` } : {}),
                ...filter?.names,
              },
              ExpressionAttributeValues: { ':pk': partition, ...sort?.values, ...filter?.values },
              ...(filter ? { FilterExpression: filter.expression } : {}),
              ScanIndexForward: options.order !== 'descending',
              ...(rows === undefined ? {} : { Limit: rows }),
              ...(startKey ? { ExclusiveStartKey: startKey } : {}),
            }),
          )
          .catch((error: unknown) => {
            throw cursorProblem(error, options.cursor);
          });
      found.push(...(answer.Items ?? []));
      startKey = answer.LastEvaluatedKey;
      reads += 1;
    } while (startKey !== undefined && found.length <= limit && reads < maxReadsPerPage);
    const hasMore = found.length > limit;
    const cursorKey = hasMore ? keyAttributes(found[limit - 1]!, prefix) : startKey;
    return { items: found.slice(0, limit).map((item) => fromStorage<T>(item)), nextCursor: encodeCursor(cursorKey) };
  }

  /** The audit trail of one entity, newest first. */
  audit(
    entity: Entity,
    entityId: string,
    page: { limit: number; cursor: string | undefined },
  ): Promise<Page<AuditRecord>> {
    return this.query<AuditRecord>(entity, { pk: auditKey(entity.name, entityId), order: 'descending', ...page });
  }

  /** @param table logical name of the domain's own table, where events and audit records go */
  begin(table: string): UnitOfWork {
    return new UnitOfWork(this.context, table);
  }

  /** Runs `work` and commits what it collected. */
  async transact<T>(table: string, work: (unit: UnitOfWork) => T | Promise<T>): Promise<T> {
    const unit = this.begin(table);
    const result = await work(unit);
    await unit.commit();
    return result;
  }
}

/** A session for a tenant that was established otherwise than by the authorizer: log-in, event consumers, devices. */
export function openSession(
  tenantId: string,
  context: Partial<Omit<SessionContext, 'scope' | 'tenantId'>> = {},
): TenantSession {
  return new TenantSession({ ...anonymousContext(), ...context, scope: tenantId, tenantId });
}

/** A session on rows that belong to no tenant. Only identity and registries may use it; the architecture tests list them. */
export function openGlobalSession(context: Partial<Omit<SessionContext, 'scope' | 'tenantId'>> = {}): TenantSession {
  return new TenantSession({ ...anonymousContext(), ...context, scope: globalScope, tenantId: '' });
}

function anonymousContext(): Omit<SessionContext, 'scope' | 'tenantId'> {
  return {
    actor: undefined,
    correlationId: '',
    causationId: '',
    clientIp: '',
    userAgent: '',
    now: () => new Date().toISOString(),
  };
}

/** The attributes DynamoDB starts after: the table's key, and the index's when one is read. */
function keyAttributes(item: Record<string, unknown>, index: string): Record<string, unknown> {
  return Object.fromEntries(keyNames(index).map((name) => [name, item[name]]));
}

const keyNames = (index: string): string[] => (index === '' ? ['pk', 'sk'] : ['pk', 'sk', `${index}pk`, `${index}sk`]);

function sortCondition(options: QueryOptions): { expression: string; values: Record<string, string> } | undefined {
  if (options.beginsWith)
    return { expression: 'begins_with(#sk, :prefix)', values: { ':prefix': joinParts(options.beginsWith) } };
  if (options.from && options.to)
    return {
      expression: '#sk BETWEEN :from AND :to',
      values: { ':from': joinParts(options.from), ':to': joinParts(options.to) },
    };
  if (options.from) return { expression: '#sk >= :from', values: { ':from': joinParts(options.from) } };
  if (options.to) return { expression: '#sk <= :to', values: { ':to': joinParts(options.to) } };
  return undefined;
}
