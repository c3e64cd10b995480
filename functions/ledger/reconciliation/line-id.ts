/** How a ledger line is named in requests: everything that leads to it, so that no list has to be searched. */
import { timeOfId } from '../../../layers/kernel/ids.ts';
import { refused } from '../refused.ts';
import type { LineKey } from './match-entity.ts';

type Place = Pick<LineKey, 'date' | 'entryId' | 'line'>;

const pattern = /^(\d{4}-\d{2}-\d{2})\.([A-Za-z0-9_]{1,80})\.(\d{1,4})$/;

/** `2026-03-15.jrn_01J….2` */
export const lineIdOf = ({ date, entryId, line }: Place): string => `${date}.${entryId}.${line}`;

/** @throws AppError `unprocessable` */
export function readLineId(id: string): Place {
  const [, date, entryId, line] = pattern.exec(id) ?? [];
  if (date === undefined)
    throw refused('unprocessable', `"${id}" names no ledger line.`, `"${id}" لا يسمي سطرًا في الدفتر.`);
  return { date, entryId: entryId!, line: Number(line) };
}

/** The day of a statement line is in its id. */
export const dateOfExternalId = (id: string): string => new Date(timeOfId(id)).toISOString().slice(0, 10);
