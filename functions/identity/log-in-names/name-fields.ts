/** Names to log in with, as requests carry them; no store is asked here. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { writtenPhone } from './phone-number.ts';

export const emailAddress = () => z.string().check(z.trim(), z.email(), z.maxLength(254));

const nameFields = {
  email: z.optional(emailAddress()),
  phone: z.optional(writtenPhone()),
  username: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
};

/** A log-in: a password and one of the names. */
export const credentialsSchema = z
  .object({ ...nameFields, password: z.string().check(z.minLength(1), z.maxLength(256)) })
  .check(
    z.refine(
      ({ email, phone, username }) => [email, phone, username].filter((name) => name !== undefined).length === 1,
      fieldMessage('Give one of "email", "phone" and "username".', 'أعطِ واحدًا من "email" و"phone" و"username".'),
    ),
  );

export interface WrittenName {
  email?: string | undefined;
  phone?: string | undefined;
  username?: string | undefined;
}
