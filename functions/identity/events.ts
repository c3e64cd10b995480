/** Events the identity domain publishes. No event carries a password, a code, a token or any of their hashes. */
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { publicUserSchema } from './users/public-user.ts';

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

export const identityEvents = [userCreated, userUpdated];
