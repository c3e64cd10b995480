/** A report that is read as a table is completed: before, it has no rows. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

/** @throws AppError `conflict` while it is made */
export function refuseUnfinished<R extends object>(report: R): asserts report is Extract<R, { result: unknown }> {
  if ('result' in report) return;
  throw new AppError('conflict', undefined, {
    texts: { en: 'The report is not completed yet.', ar: 'لم يكتمل التقرير بعد.' },
  });
}
