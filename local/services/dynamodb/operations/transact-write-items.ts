/** TransactWriteItems. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
import { CapacityLedger, readUnits, transactionFactor } from '../capacity.ts';
import type { Engine } from '../engine.ts';
import { serializationError, validationError } from '../errors.ts';
import { itemSizeBytes } from '../values/item-size.ts';
import { applyWrite, countWrite } from './apply-write.ts';
import type { IdempotencyTokens } from './idempotency-tokens.ts';
import { capacityChoices } from './item-writes.ts';
import {
  completeWrite,
  type DecidedWrite,
  decideWrite,
  type ParsedWrite,
  type PreparedWrite,
  parseWrite,
  type WriteAction,
} from './prepare-write.ts';
import { rowKeyText } from './read-shape.ts';
import { type ApiRequest, constraint, isGiven, optionalEnum, optionalString, requiredList } from './request-members.ts';
import {
  type CancellationReason,
  injectedReason,
  noReason,
  reasonOf,
  transactionCancelled,
} from './transaction-cancelled.ts';

const maxActions = 100;
/** A transaction carries at most 4 MB. */
const maxPayloadBytes = 4 * 1024 * 1024;
const actions: WriteAction[] = ['ConditionCheck', 'Put', 'Delete', 'Update'];

export function transactWriteItems(engine: Engine, tokens: IdempotencyTokens, request: ApiRequest): object {
  const asked = optionalEnum(request, 'ReturnConsumedCapacity', capacityChoices);
  const token = optionalString(request, 'ClientRequestToken');
  if (token !== undefined && (token.length < 1 || token.length > 36))
    throw constraint(token, 'clientRequestToken', 'Member must have length between 1 and 36');
  const items = requiredList(request, 'TransactItems', maxActions);
  const writes = completeAll(items.map((item) => parseAction(engine, item)));
  checkDistinct(writes);
  checkPayload(writes);

  const replayed = token === undefined ? undefined : tokens.find(token, items);
  if (replayed !== undefined) {
    const ledger = new CapacityLedger(engine, 'read');
    for (const { tableName, units } of replayed.reads) ledger.add(tableName, units);
    return consumed(ledger, asked);
  }

  const ledger = new CapacityLedger(engine, 'write');
  const decisions = engine.database.transaction(() => {
    const decided = decideAll(engine, writes);
    decided.forEach((decision, index) => {
      if (writes[index]!.action !== 'ConditionCheck') applyWrite(engine, writes[index]!, decision);
    });
    return decided;
  });
  decisions.forEach((decision, index) => {
    countWrite(ledger, writes[index]!.table, decision, transactionFactor);
  });
  if (token !== undefined) {
    const reads = decisions.map(({ before, afterSizeBytes }, index) => ({
      tableName: writes[index]!.table.entry.definition.name,
      units: readUnits(Math.max(before?.sizeBytes ?? 0, afterSizeBytes), true) * transactionFactor,
    }));
    tokens.remember(token, items, { reads });
  }
  return consumed(ledger, asked);
}

/** Every item is decided on before the first is written: either all hold, or the reasons name all that do not. */
function decideAll(engine: Engine, writes: PreparedWrite[]): DecidedWrite[] {
  const reasons: CancellationReason[] = [];
  const decisions: DecidedWrite[] = [];
  for (const write of writes) {
    const injected = injectedReason(engine, write.table);
    if (injected !== undefined) {
      reasons.push(injected);
      continue;
    }
    try {
      decisions.push(decideWrite(write, write.table.items.get(write.rowKey)));
      reasons.push(noReason);
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  if (decisions.length < writes.length) throw transactionCancelled(reasons);
  return decisions;
}

/** An item that cannot be stored cancels the transaction at once: the actions behind it are not looked at. */
function completeAll(parsed: ParsedWrite[]): PreparedWrite[] {
  return parsed.map((write, index) => {
    try {
      return completeWrite(write);
    } catch (error) {
      throw transactionCancelled(parsed.map((_, other) => (other === index ? reasonOf(error) : noReason)));
    }
  });
}

/** The limit is on what is sent: a small request may delete any amount. */
function checkPayload(writes: PreparedWrite[]): void {
  const bytes = writes.reduce(
    (sum, { itemSizeBytes: put, keys, values }) => sum + put + itemSizeBytes(keys) + itemSizeBytes(values),
    0,
  );
  if (bytes > maxPayloadBytes) throw validationError('Transaction payload size cannot exceed 4194304 bytes');
}

function parseAction(engine: Engine, item: ApiRequest): ParsedWrite {
  const given = actions.filter((action) => isGiven(item[action]));
  const [action] = given;
  if (action === undefined || given.length > 1)
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  if (typeof item[action] !== 'object') throw serializationError('Unexpected value type in payload');
  const request = item[action] as ApiRequest;
  if (action === 'Update' && !isGiven(request['UpdateExpression']))
    throw constraint(null, 'transactItems.member.update.updateExpression', 'Member must not be null');
  return parseWrite(engine, action, request);
}

function checkDistinct(writes: PreparedWrite[]): void {
  const keys = new Set(writes.map(({ table, rowKey }) => `${table.entry.id}\0${rowKeyText(rowKey)}`));
  if (keys.size !== writes.length)
    throw validationError('Transaction request cannot include multiple operations on one item');
}

function consumed(ledger: CapacityLedger, asked: unknown): object {
  const report = ledger.report(asked, true);
  return report === undefined ? {} : { ConsumedCapacity: report };
}
