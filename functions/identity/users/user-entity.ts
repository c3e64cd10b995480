/** A person who works with Mizan, and the claim on their log-in name in the whole installation. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export interface User {
  id: string;
  email: string;
  name: string;
  roles: string[];
  /** PHC string of argon2id. */
  passwordHash: string;
  status: 'active' | 'inactive';
  locale: 'en' | 'ar';
}

export const userEntity = defineEntity<User>()({
  name: 'user',
  table: 'identity',
  key: ({ id }) => ({ pk: ['USER', id], sk: ['USER'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['USER'], sk: [id] }) },
  idOf: ({ id }) => id,
  secretAttributes: ['passwordHash'],
});

/** Lives in the global scope: a log-in knows only the e-mail. */
export interface LoginName {
  email: string;
  tenantId: string;
  userId: string;
}

export const loginNameEntity = defineEntity<LoginName, { email: string }>()({
  name: 'e-mail',
  table: 'identity',
  key: ({ email }) => ({ pk: ['LOGIN', normaliseEmail(email)], sk: ['LOGIN'] }),
  idOf: ({ email }) => email,
});

export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}
