/** Creating, changing and deleting accounts. An account's relations are checked against rows that the same transaction locks. */
import type * as z from 'zod/mini';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { normalSideOf } from '../../../layers/ledger/account-types.ts';
import { readBooks } from '../books/read-books.ts';
import { accountCreated, accountDeleted, accountUpdated } from '../events.ts';
import { refused } from '../refused.ts';
import { type Account, accountEntity } from './account-entity.ts';
import { descendantsOf, readChart, type StoredAccount } from './read-chart.ts';
import type { createAccountBody, updateAccountBody } from './schemas.ts';

export async function createAccount(
  session: TenantSession,
  body: z.infer<typeof createAccountBody>,
): Promise<StoredAccount> {
  const account: Account = {
    ...body,
    id: body.code,
    normalSide: body.normalSide ?? normalSideOf(body.type),
    hasLines: false,
  };
  const parent = await parentOf(session, account);
  return session.transact('ledger', (unit) => {
    const stored = unit.create(accountEntity, account);
    if (parent) lock(unit, parent);
    unit.emit(accountCreated, { aggregateId: account.id, payload: stored });
    return stored;
  });
}

export async function updateAccount(
  session: TenantSession,
  id: string,
  body: z.infer<typeof updateAccountBody>,
  expectedVersion: number | undefined,
): Promise<StoredAccount> {
  const before = await session.require(accountEntity, { id });
  refuseStale(before, expectedVersion);
  const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const after = {
    ...before,
    ...changes,
    parentId: body.parentId === undefined ? before.parentId : (body.parentId ?? undefined),
  } as Account;
  if (before.hasLines) refuseFixed(before, body);
  if (body.type !== undefined && body.type !== before.type && body.normalSide === undefined)
    changes['normalSide'] = normalSideOf(body.type);
  const moves = after.parentId !== before.parentId || after.type !== before.type;
  const parent = moves ? await parentOf(session, after) : undefined;
  if (moves) await refuseBrokenTree(session, before, after);
  return session.transact('ledger', (unit) => {
    const stored = unit.update(accountEntity, before, changes);
    if (parent) lock(unit, parent);
    unit.emit(accountUpdated, { aggregateId: id, payload: stored });
    return stored;
  });
}

export async function deleteAccount(
  session: TenantSession,
  id: string,
  expectedVersion: number | undefined,
): Promise<void> {
  const account = await session.require(accountEntity, { id });
  refuseStale(account, expectedVersion);
  const [chart, books] = await Promise.all([readChart(session), readBooks(session)]);
  const role = Object.entries(books.roles).find(([, code]) => code === id)?.[0];
  if (account.hasLines)
    throw refused('conflict', `Account "${id}" has lines; deactivate it instead.`, `للحساب "${id}" حركات؛ أوقف نشاطه.`);
  if (chart.some(({ parentId }) => parentId === id))
    throw refused('conflict', `There are accounts below "${id}".`, `توجد حسابات تحت "${id}".`);
  if (role !== undefined)
    throw refused('conflict', `Account "${id}" has the role "${role}".`, `للحساب "${id}" الدور "${role}".`);
  await session.transact('ledger', (unit) => {
    unit.delete(accountEntity, account);
    unit.emit(accountDeleted, { aggregateId: id, payload: account });
  });
}

/** Whoever deletes the parent or changes its type meanwhile finds another version. */
function lock(unit: UnitOfWork, account: StoredAccount): void {
  unit.update(
    accountEntity,
    account,
    {},
    {
      isAudited: false,
      refused: () =>
        refused(
          'conflict',
          `Account "${account.id}" is being changed. Try again.`,
          `يجري تغيير الحساب "${account.id}". حاول مرة أخرى.`,
        ),
    },
  );
}

async function parentOf(session: TenantSession, account: Account): Promise<StoredAccount | undefined> {
  if (account.parentId === undefined) return undefined;
  const parent = await session.get(accountEntity, { id: account.parentId }, { consistent: true });
  if (parent === undefined)
    throw refused('unprocessable', `There is no account "${account.parentId}".`, `لا يوجد حساب "${account.parentId}".`);
  if (parent.type !== account.type)
    throw refused(
      'unprocessable',
      `Account "${parent.id}" above it is of another type: ${parent.type}.`,
      `الحساب الأعلى "${parent.id}" من نوع آخر: ${parent.type}.`,
    );
  return parent;
}

async function refuseBrokenTree(session: TenantSession, before: Account, after: Account): Promise<void> {
  const below = descendantsOf(await readChart(session), before.id);
  if (below.some(({ id }) => id === after.parentId))
    throw refused('unprocessable', 'An account cannot be below itself.', 'لا يكون الحساب تحت نفسه.');
  if (after.type !== before.type && below.length > 1)
    throw refused(
      'conflict',
      'The type of an account with accounts below it cannot change.',
      'لا يتغير نوع حساب تحته حسابات.',
    );
}

function refuseFixed(before: Account, body: z.infer<typeof updateAccountBody>): void {
  for (const name of ['type', 'currency', 'normalSide'] as const) {
    if (body[name] === undefined || (body[name] ?? undefined) === before[name]) continue;
    throw refused(
      'conflict',
      `Account "${before.id}" has lines: "${name}" cannot change.`,
      `للحساب "${before.id}" حركات: لا يتغير الحقل "${name}".`,
    );
  }
}
