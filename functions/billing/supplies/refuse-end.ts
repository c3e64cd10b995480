/** Whether a supply can end on a day: by moving out, or by going over to tokens or bills. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Supply } from './supply-schema.ts';

/** @param to first local day it no longer holds @throws AppError `conflict` when it has ended, `unprocessable` before its first day */
export function refuseEnd({ from, to: ended }: Supply, to: string): void {
  if (ended !== undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: `The supply has ended on ${ended} already.`, ar: `انتهى التوريد في ${ended} من قبل.` },
    });
  if (to <= from)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `A supply that began on ${from} cannot end on ${to}.`,
        ar: `لا يمكن لتوريد بدأ في ${from} أن ينتهي في ${to}.`,
      },
    });
}
