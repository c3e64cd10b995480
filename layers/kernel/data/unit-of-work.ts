/**
 * Collects what one command changes, its events and its audit records, and commits all of it in one DynamoDB
 * transaction: a row never changes without its event, and an event never leaves without its row.
 */
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { AppError, isAppError } from '../errors/app-error.ts';
import type { EventDefinition, EventInput } from '../events/define-event.ts';
import { toOutboxItem } from '../events/outbox.ts';
import { type RowOperation, rowEventPayload } from '../events/row-events.ts';
import { auditItem } from './audit.ts';
import { documentClient } from './client.ts';
import type { Entity, ItemOf, KeyOf, Stored } from './entity.ts';
import { addExpression, updateExpression } from './expressions.ts';
import { globalScope } from './keys.ts';
import type { SessionContext } from './session.ts';
import { scopeOf, storageKeys } from './storage-keys.ts';

type TransactItem = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>[number];

interface Step {
  item: TransactItem;
  /** The error to throw when this step's condition fails. */
  refused: () => AppError;
}

export interface UpdateOptions {
  /** The version the caller read; the update is refused when the item moved on. */
  expectedVersion?: number | undefined;
  /** The item as read, so that the audit record holds old values. */
  before?: object;
}

/** For rows that are a mechanism of the domain, such as a series of numbers, and nothing a person changes. */
export interface MechanismOptions {
  /** @default true */
  isAudited?: boolean;
  /** The error when the item moved on. @default `version_conflict` */
  refused?: () => AppError;
}

/** DynamoDB's limit on one transaction. */
export const maxSteps = 100;

export class UnitOfWork {
  readonly #context: SessionContext;
  readonly #steps: Step[] = [];
  readonly #table: string;

  /** @param table logical table that outbox and audit items go to: the domain's own */
  constructor(context: SessionContext, table: string) {
    this.#context = context;
    this.#table = table;
  }

  /**
   * Adds an item. Returns it with its stored attributes.
   * @param options `refused`: the error when its key is taken, by default `already_exists`
   */
  create<E extends Entity>(entity: E, item: ItemOf<E>, options: MechanismOptions = {}): ItemOf<E> & Stored {
    const stored = this.#stamp(item, 1, this.#context.now());
    const isTaken = (): AppError => {
      const id = entity.idOf(item as unknown as KeyOf<E>);
      return new AppError('already_exists', undefined, { values: { entity: entity.name, id } });
    };
    this.#put(entity, stored, 'attribute_not_exists(pk)', options.refused ?? isTaken);
    this.#mark(entity, undefined, stored);
    if (options.isAudited ?? true) this.#audit(entity, 'create', item as unknown as KeyOf<E>, undefined, stored);
    this.#publishRow(entity, 'insert', undefined, stored);
    return stored;
  }

  /** Replaces an item whole, whatever its state; for items that are derived and not audited. */
  put<E extends Entity>(entity: E, item: ItemOf<E>): void {
    const now = this.#context.now();
    this.#put(
      entity,
      this.#stamp(item, (item as Partial<Stored>).version ?? 1, (item as Partial<Stored>).createdAt ?? now),
      undefined,
      () => new AppError('conflict'),
    );
  }

  /**
   * Changes some attributes of an existing item; `null` removes one. Index keys and the time it vanishes follow, for which the
   * whole item must be known.
   * @param before the item as it was read: its version is the lock unless `expectedVersion` says otherwise
   */
  update<E extends Entity>(
    entity: E,
    before: ItemOf<E> & Stored,
    changes: Partial<{ [P in keyof ItemOf<E>]: ItemOf<E>[P] | null }>,
    options: MechanismOptions & { expectedVersion?: number | undefined } = {},
  ): ItemOf<E> & Stored {
    const after = withoutNulls({
      ...before,
      ...changes,
      version: before.version + 1,
      updatedAt: this.#context.now(),
    }) as ItemOf<E> & Stored;
    const { key, indexKeys, expiresAt } = storageKeys(scopeOf(this.#context, entity), entity, after);
    const update = updateExpression({
      ...changes,
      version: after.version,
      updatedAt: after.updatedAt,
      ...indexKeys,
      ...(entity.expiresAt === undefined ? {} : { expiresAt: expiresAt ?? null }),
    });
    const expected = options.expectedVersion ?? before.version;
    this.#steps.push({
      item: {
        Update: {
          TableName: tableName(entity.table),
          Key: key,
          UpdateExpression: update.expression,
          ConditionExpression: 'attribute_exists(pk) AND #version = :expected',
          ExpressionAttributeNames: { ...update.names, '#version': 'version' },
          ExpressionAttributeValues: { ...update.values, ':expected': expected },
        },
      },
      refused: options.refused ?? (() => new AppError('version_conflict')),
    });
    this.#mark(entity, before, after);
    if (options.isAudited ?? true) this.#audit(entity, 'update', before as unknown as KeyOf<E>, before, after);
    this.#publishRow(entity, 'update', before, after);
    return after;
  }

  /**
   * Adds to numbers of an item, which comes into being with the first addition. Additions commute, so they carry no
   * version: concurrent units never refuse each other, they only wait. For derived totals, which are not audited.
   * @param numbers integers that may be larger than a JavaScript number holds; DynamoDB is exact to 38 digits
   * @param fixed attributes that say what the item is; they do not change afterwards
   */
  add<E extends Entity>(
    entity: E,
    key: KeyOf<E>,
    numbers: Record<string, bigint>,
    fixed: Partial<ItemOf<E>> = {},
  ): void {
    const update = addExpression(numbers, { _type: entity.name, ...fixed });
    this.#steps.push({
      item: {
        Update: {
          TableName: tableName(entity.table),
          Key: storageKeys(scopeOf(this.#context, entity), { ...entity, indexes: {} }, key).key,
          UpdateExpression: update.expression,
          ExpressionAttributeNames: update.names,
          ExpressionAttributeValues: update.values,
        },
      },
      refused: () => new AppError('conflict'),
    });
  }

  /** Steps collected so far, the idempotency marker included, for who must stay below DynamoDB's limit of 100. */
  get size(): number {
    return this.#steps.length + (this.#context.idempotency?.commitStep() === undefined ? 0 : 1);
  }

  /** Removes an item that was read; `version_conflict` if it changed since. */
  delete<E extends Entity>(entity: E, before: ItemOf<E> & Stored): void {
    const { key } = storageKeys(scopeOf(this.#context, entity), entity, before);
    this.#steps.push({
      item: {
        Delete: {
          TableName: tableName(entity.table),
          Key: key,
          ConditionExpression: '#version = :expected',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':expected': before.version },
        },
      },
      refused: () => new AppError('version_conflict'),
    });
    this.#mark(entity, before, undefined);
    this.#audit(entity, 'delete', before as unknown as KeyOf<E>, before, undefined);
    this.#publishRow(entity, 'delete', before, undefined);
  }

  /** Requires that an item exists, without changing it. */
  requireExists<E extends Entity>(entity: E, key: KeyOf<E>): void {
    this.#steps.push({
      item: {
        ConditionCheck: {
          TableName: tableName(entity.table),
          Key: storageKeys(scopeOf(this.#context, entity), entity, key).key,
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
      refused: () =>
        new AppError('not_found', `No ${entity.name} "${entity.idOf(key)}".`, {
          values: { entity: entity.name, id: entity.idOf(key) },
        }),
    });
  }

  /** Reserves a name in the whole installation, in the global scope, for what this unit creates. @param refused when it is taken */
  claim<E extends Entity>(entity: E, item: ItemOf<E>, refused: () => AppError): void {
    const { key } = storageKeys(globalScope, entity, item);
    this.step(
      {
        Put: {
          TableName: tableName(entity.table),
          Item: { ...key, _type: entity.name, ...item },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      refused,
    );
  }

  /** Publishes an event with the change. */
  emit<D extends EventDefinition>(definition: D, event: EventInput<D>): string {
    const item = toOutboxItem(definition, event, this.#context);
    this.#steps.push({
      item: { Put: { TableName: tableName(this.#table), Item: item } },
      refused: () => new AppError('conflict'),
    });
    return item.id;
  }

  /** Adds a hand-written step, for conditions the declared ones cannot say. */
  step(item: TransactItem, refused: () => AppError): void {
    this.#steps.push({ item, refused });
  }

  /** @throws AppError of the first step whose condition failed; `unavailable` when DynamoDB is too busy; nothing is written then */
  async commit(): Promise<void> {
    const idempotency = this.#context.idempotency?.commitStep();
    if (idempotency) this.#steps.push({ item: idempotency, refused: () => new AppError('idempotency_in_progress') });
    if (this.#steps.length > maxSteps)
      throw new Error(`A transaction holds at most ${maxSteps} steps, this one has ${this.#steps.length}.`);
    for (let attempt = 1; ; attempt++) {
      try {
        await documentClient().send(new TransactWriteCommand({ TransactItems: this.#steps.map((step) => step.item) }));
        this.#context.idempotency?.committed();
        return;
      } catch (error) {
        const refusal = this.#refusal(error);
        if (refusal) throw refusal;
        if (!isConflict(error)) throw error;
        // Another writer holds one of the items: the SDK does not retry cancelled transactions, we do, briefly.
        if (attempt === 5)
          throw new AppError('unavailable', 'The items are being changed by others.', { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt * (0.5 + Math.random())));
      }
    }
  }

  #put<E extends Entity>(
    entity: E,
    stored: ItemOf<E> & Stored,
    condition: string | undefined,
    refused: () => AppError,
  ): void {
    const { key, indexKeys, expiresAt } = storageKeys(scopeOf(this.#context, entity), entity, stored);
    this.#steps.push({
      item: {
        Put: {
          TableName: tableName(entity.table),
          Item: withoutNulls({
            ...key,
            ...indexKeys,
            _type: entity.name,
            ...stored,
            ...(expiresAt === undefined ? {} : { expiresAt }),
          }),
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
        },
      },
      refused,
    });
  }

  /** The row beside an item follows it; the item's own condition stands for both. */
  #mark(entity: Entity, before: object | undefined, after: object | undefined): void {
    if (entity.marker === undefined) return;
    const { entity: marker, of } = entity.marker;
    const placed = (item: object | undefined) => {
      const row = item && of(item);
      return row && { row, key: storageKeys(scopeOf(this.#context, marker), marker, row).key };
    };
    const [was, is] = [placed(before), placed(after)];
    if (was?.key.pk === is?.key.pk && was?.key.sk === is?.key.sk) return;
    const TableName = tableName(marker.table);
    const refused = (): AppError => new AppError('conflict');
    if (was !== undefined) this.step({ Delete: { TableName, Key: was.key } }, refused);
    if (is !== undefined)
      this.step({ Put: { TableName, Item: { ...is.key, _type: marker.name, ...is.row } } }, refused);
  }

  #stamp<T extends object>(item: T, version: number, createdAt: string): T & Stored {
    return { ...item, version, createdAt, updatedAt: this.#context.now() };
  }

  #audit(
    entity: Entity,
    action: 'create' | 'update' | 'delete',
    key: object,
    before: object | undefined,
    after: object | undefined,
  ): void {
    const item = auditItem(this.#context, entity, action, entity.idOf(key), before, after);
    if (item)
      this.#steps.push({
        item: { Put: { TableName: tableName(this.#table), Item: item } },
        refused: () => new AppError('conflict'),
      });
  }

  #publishRow(
    entity: Entity,
    operation: RowOperation,
    before: (object & Stored) | undefined,
    after: (object & Stored) | undefined,
  ): void {
    if (entity.rowEvents === undefined) return;
    const id = entity.idOf(after ?? before);
    const hidden = new Set([...entity.rowEvents.omit, ...(entity.secretAttributes ?? [])]);
    const payload = rowEventPayload(operation, id, before, after, hidden);
    if (payload !== undefined) this.emit(entity.rowEvents[operation], { aggregateId: id, payload });
  }

  #refusal(error: unknown): AppError | undefined {
    if (isAppError(error)) return error;
    const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons;
    const failed = reasons?.findIndex((reason) => reason.Code === 'ConditionalCheckFailed') ?? -1;
    return failed < 0 ? undefined : this.#steps[failed]?.refused();
  }
}

function isConflict(error: unknown): boolean {
  const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons;
  return (
    reasons?.some(
      (reason) =>
        reason.Code === 'TransactionConflict' ||
        reason.Code === 'ThrottlingError' ||
        reason.Code === 'ProvisionedThroughputExceeded',
    ) ?? false
  );
}

function withoutNulls<T extends Record<string, unknown>>(item: T): T {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== undefined)) as T;
}
