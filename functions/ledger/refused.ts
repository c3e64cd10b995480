/** Refusals of the ledger, said in both languages. */
import { AppError } from '../../layers/kernel/errors/app-error.ts';
import type { ErrorCode } from '../../layers/kernel/errors/error-codes.ts';
import type { Translated } from '../../layers/kernel/i18n/locale.ts';

export const refused = (code: ErrorCode, en: string, ar: string): AppError =>
  new AppError(code, undefined, { texts: { en, ar } });

/** Several things wrong at once, as one text. */
export const refusedFor = (code: ErrorCode, problems: readonly Translated[]): AppError =>
  refused(code, problems.map(({ en }) => en).join(' '), problems.map(({ ar }) => ar).join(' '));
