/** Random passwords, for GetRandomPassword and GenerateSecretString. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
import { randomInt } from 'node:crypto';
import { AwsError } from '../../runtime/types.ts';

const CLASSES = {
  Lowercase: 'abcdefghijklmnopqrstuvwxyz',
  Uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  Numbers: '0123456789',
  Punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/** @param options members as in the API reference */
export function randomPassword(options: Record<string, any> = {}): string {
  const length = Number(options['PasswordLength'] ?? 32);
  const excluded = new Set(String(options['ExcludeCharacters'] ?? ''));
  const isTrue = (name: string, otherwise = false): boolean => String(options[name] ?? otherwise) === 'true';
  const classes = Object.entries(CLASSES)
    .filter(([name]) => !isTrue(`Exclude${name}`))
    .map(([, characters]) => [...characters].filter((character) => !excluded.has(character)));
  if (isTrue('IncludeSpace')) classes.push([' ']);
  const usable = classes.filter((characters) => characters.length > 0);
  const all = usable.flat();
  const each = isTrue('RequireEachIncludedType', true) ? usable : [];
  if (!Number.isInteger(length) || length < 1 || length > 4096 || all.length === 0 || each.length > length)
    throw new AwsError('InvalidParameterException', 'The password options leave no password to make.');
  const password = each.map(pick);
  while (password.length < length) password.push(pick(all));
  for (let index = password.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [password[index], password[other]] = [password[other]!, password[index]!];
  }
  return password.join('');
}

function pick(characters: string[]): string {
  return characters[randomInt(characters.length)]!;
}
