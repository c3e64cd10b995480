/** Own accounts are for people: a key acts for a tenant and has no sessions, factors or addresses. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

/** @throws AppError `forbidden` */
export function requirePerson({ kind }: Principal): void {
  if (kind !== 'user')
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Only a person who is logged in can do this.', ar: 'هذا متاح لشخص سجّل دخوله فقط.' },
    });
}
