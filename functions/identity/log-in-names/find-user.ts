/** From what a person logs in with to the person: e-mail, phone or user name, each a name in the whole installation. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { config } from '../config.ts';
import { loginNameEntity, normaliseEmail, type User, userEntity } from '../users/user-entity.ts';
import type { WrittenName } from './name-fields.ts';
import { normalisePhone } from './phone-number.ts';

/** @throws AppError `validation_failed` for a phone number of no known form */
export function normaliseLoginName({ email, phone, username }: WrittenName): string {
  if (email !== undefined) return normaliseEmail(email);
  if (phone !== undefined) return requiredPhone(phone);
  return (username ?? '').trim().toLowerCase();
}

const notAPhone = {
  en: 'Write the phone number with its country, e.g. +967771234567.',
  ar: 'اكتب رقم الهاتف مع رمز البلد، مثل ‎+967771234567.',
};

/** @throws AppError `validation_failed` */
export function requiredPhone(written: string, path = '/phone'): string {
  const phone = normalisePhone(written, config.PHONE_COUNTRY);
  if (phone === undefined)
    throw new AppError('validation_failed', undefined, {
      texts: notAPhone,
      details: [{ in: 'body', path, message: notAPhone.en }],
    });
  return phone;
}

export interface FoundUser {
  tenantId: string;
  user: User & Stored;
}

/** @param name as `normaliseLoginName` gives it */
export async function findUser(name: string): Promise<FoundUser | undefined> {
  const found = await openGlobalSession().get(loginNameEntity, { name }, { consistent: true });
  if (found === undefined) return undefined;
  const user = await openSession(found.tenantId).get(userEntity, { id: found.userId }, { consistent: true });
  return user && { tenantId: found.tenantId, user };
}
