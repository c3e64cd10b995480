/** The rules of passwords, for a person whose names are known. */
import { checkPassword } from '../users/password-strength.ts';
import type { User } from '../users/user-entity.ts';

/** @throws AppError `validation_failed` */
export function checkPasswordOf(
  { email, phone, username, name, firstName, lastName }: Partial<User>,
  password: string,
  path?: string,
): Promise<void> {
  return checkPassword(password, { email, phone, username, names: [name, firstName, lastName] }, path);
}
