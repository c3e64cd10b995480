/** What costs several reads for each supply is asked for a dozen at a time: an account of a government may have hundreds. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

const most = 12;

/** @throws AppError `unprocessable` that tells to name one as `supplyId` */
export function refuseMany(supplies: readonly unknown[]): void {
  if (supplies.length > most)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `The account has more than ${most} meters in this time: name one of its supplies as supplyId.`,
        ar: `للحساب أكثر من ${most} عدادًا في هذه الفترة: حدد توريدًا واحدًا في supplyId.`,
      },
    });
}
