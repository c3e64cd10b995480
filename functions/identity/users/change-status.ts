/** Lets users in and keeps them out. Being kept out ends every log-in; a status that is there already is no change. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { refuseOnStronger } from '../roles/grant-guard.ts';
import { allSessionsEnded, forgetSessions } from '../sessions/end-session.ts';
import { changeUser, type StoredUser } from './change-user.ts';
import type { UserStatus } from './user-entity.ts';

interface Act {
  session: TenantSession;
  principal: Principal;
  params: { id: string };
  body?: { reason?: string | undefined } | undefined;
}

const conflict = (texts: Translated): AppError => new AppError('conflict', undefined, { texts });

export const activate = (act: Act): Promise<StoredUser> =>
  letIn(act, (user) => {
    if (user.status === 'banned')
      throw conflict({ en: 'The user is banned: lift the ban.', ar: 'المستخدم محظور: ارفع الحظر.' });
    if (user.status === 'pending' && user.passwordHash === undefined)
      throw conflict({
        en: 'The user has not accepted the invitation yet.',
        ar: 'لم يقبل المستخدم الدعوة بعد.',
      });
  });

export const unban = (act: Act): Promise<StoredUser> =>
  letIn(act, (user) => {
    if (user.status !== 'banned' && user.status !== 'active')
      throw conflict({ en: 'The user is not banned.', ar: 'المستخدم غير محظور.' });
  });

async function letIn({ session, principal, params }: Act, check: (user: StoredUser) => void): Promise<StoredUser> {
  return changeUser(session, params.id, async (user) => {
    await refuseOnStronger(session, principal, user);
    check(user);
    return user.status === 'active' ? undefined : { status: 'active', statusReason: null };
  });
}

export const deactivate = (act: Act): Promise<StoredUser> =>
  keepOut(act, 'inactive', (user) => {
    if (user.status === 'banned') throw conflict({ en: 'The user is banned.', ar: 'المستخدم محظور.' });
  });

export const ban = (act: Act): Promise<StoredUser> => keepOut(act, 'banned', () => {});

async function keepOut(
  { session, principal, params, body }: Act,
  status: UserStatus,
  check: (user: StoredUser) => void,
): Promise<StoredUser> {
  if (params.id === principal.subject)
    throw conflict({ en: 'You cannot do this to yourself.', ar: 'لا يمكنك فعل ذلك بنفسك.' });
  const user = await changeUser(session, params.id, async (before) => {
    await refuseOnStronger(session, principal, before);
    check(before);
    if (before.status === status) return undefined;
    return { status, statusReason: body?.reason ?? null, ...allSessionsEnded(session.context.now()) };
  });
  await forgetSessions(session.afterwards(), user.id);
  return user;
}
