/** Business identification numbers (БИН) of Kazakhstan: one organisation in the whole installation has a number. */
import * as z from 'zod/mini';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';

/** Lives in the global scope: who signs up knows the number and no tenant. */
export interface BinClaim {
  bin: string;
  tenantId: string;
}

const binEntity = defineEntity<BinClaim, { bin: string }>()({
  name: 'BIN',
  table: 'identity',
  key: ({ bin }) => ({ pk: ['BIN', bin], sk: ['BIN'] }),
  idOf: ({ bin }) => bin,
});

/**
 * Twelve digits. The control digit is told (`hasControlDigit`) and not demanded: the documented requests carry
 * `123456789012`, which has a wrong one.
 */
export const binSchema = () =>
  z
    .string()
    .check(z.trim(), z.regex(/^\d{12}$/, fieldMessage('A BIN has 12 digits.', 'رقم تعريف الأعمال (BIN) من 12 رقمًا.')));

/** `already_exists` refuses the transaction when another organisation has the number. */
export function claimBin(unit: UnitOfWork, tenantId: string, bin: string): void {
  unit.claim(
    binEntity,
    { bin, tenantId },
    () => new AppError('already_exists', undefined, { values: { entity: 'BIN', id: bin } }),
  );
}

/** Gives a number back; one of somebody else refuses the transaction. */
export function releaseBin(unit: UnitOfWork, tenantId: string, bin: string): void {
  unit.step(
    {
      Delete: {
        TableName: tableName(binEntity.table),
        Key: storageKeys(globalScope, binEntity, { bin }).key,
        ConditionExpression: 'attribute_not_exists(pk) OR tenantId = :tenant',
        ExpressionAttributeValues: { ':tenant': tenantId },
      },
    },
    () => new AppError('conflict'),
  );
}

/** The tenant that has the number. */
export async function tenantOfBin(bin: string): Promise<string | undefined> {
  return (await openGlobalSession().get(binEntity, { bin }, { consistent: true }))?.tenantId;
}

const weights = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2],
];

/**
 * Whether the twelfth digit fits the others: their weighted sum modulo 11, with a second row of weights where the first
 * gives 10; where both do, the number is never issued.
 * @see https://adilet.zan.kz/rus/docs/P030000565_ resolution 565 of 11 June 2003 on identification numbers
 */
export function hasControlDigit(bin: string): boolean {
  const digits = [...bin].map(Number);
  if (digits.length !== 12 || digits.some((digit) => Number.isNaN(digit))) return false;
  const [first, second] = weights.map((row) => row.reduce((sum, weight, i) => sum + weight * digits[i]!, 0) % 11);
  return (first === 10 ? second : first) === digits[11];
}
