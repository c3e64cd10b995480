/** Events the identity domain publishes. No event carries a password, a code, a token or any of their hashes. */
import * as z from 'zod/mini';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { publicUserSchema } from './users/public-user.ts';
import { userStatuses } from './users/user-entity.ts';

const user = {
  id: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
  email: 'sara@north.example',
  name: 'Sara Ali',
  roles: ['EMPLOYEE'],
  workspaces: [],
  status: 'active' as const,
  locale: 'ar' as const,
  twoFactorEnabled: false,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

export const userCreated = defineEvent({
  type: 'user.created',
  source: 'identity',
  schemaVersion: 1,
  aggregateType: 'user',
  summary: { en: 'A user was added or signed up.', ar: 'أُضيف مستخدم أو سجّل نفسه.' },
  payload: publicUserSchema,
  example: user,
});

export const userUpdated = defineEvent({
  type: 'user.updated',
  source: 'identity',
  schemaVersion: 1,
  aggregateType: 'user',
  summary: {
    en: 'A user changed: profile, roles, workspaces or status.',
    ar: 'تغيّر مستخدم: بياناته أو أدواره أو مساحات عمله أو حالته.',
  },
  payload: publicUserSchema,
  example: { ...user, version: 2, status: 'inactive' },
});

const about = { source: 'identity', schemaVersion: 1, aggregateType: 'user' } as const;

export const userAddressVerified = defineEvent({
  ...about,
  type: 'user.verified',
  summary: { en: 'A user proved that an e-mail or phone is theirs.', ar: 'أثبت مستخدم أن بريدًا أو هاتفًا يخصه.' },
  payload: z.object({ userId: z.string(), channel: z.enum(['SMS', 'EMAIL']), status: z.enum(userStatuses) }),
  example: { userId: user.id, channel: 'EMAIL', status: 'active' },
});

export const userPasswordChanged = defineEvent({
  ...about,
  type: 'user.password_changed',
  summary: { en: 'A user has a new password.', ar: 'تغيّرت كلمة مرور مستخدم.' },
  payload: z.object({
    userId: z.string(),
    /** With a code sent to them, with the present password, or set by somebody who manages users. */
    by: z.enum(['code', 'password', 'administrator']),
  }),
  example: { userId: user.id, by: 'code' },
});

export const userTwoFactorChanged = defineEvent({
  ...about,
  type: 'user.two_factor_changed',
  summary: { en: 'A user’s second factor was switched on or off.', ar: 'فُعّل العامل الثاني لمستخدم أو عُطّل.' },
  payload: z.object({ userId: z.string(), enabled: z.boolean() }),
  example: { userId: user.id, enabled: true },
});

export const userInvited = defineEvent({
  ...about,
  type: 'user.invited',
  summary: { en: 'Somebody was invited to the tenant.', ar: 'دُعي شخص إلى المؤسسة.' },
  payload: z.object({ userId: z.string(), invitationId: z.string(), invitedBy: z.string() }),
  example: {
    userId: user.id,
    invitationId: 'inv_01JGFJJZ00ABCDEFGHJKMNPQRS',
    invitedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRT',
  },
});

export const identityEvents = [
  ...[userCreated, userUpdated],
  ...[userAddressVerified, userPasswordChanged, userTwoFactorChanged, userInvited],
];
