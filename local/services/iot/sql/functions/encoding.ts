/** base64 and hashes. `encode(*, 'base64')` reads the payload's bytes as they came, JSON or not. */
import { createHash } from 'node:crypto';
import { SqlSyntaxError } from '../lexer.ts';
import { type SqlValue, toText } from '../values.ts';
import { type FunctionDefinition, pure } from './definition.ts';

export const ENCODING_FUNCTIONS: Record<string, FunctionDefinition> = {
  encode: {
    min: 2,
    max: 2,
    compile([value, scheme], compileArgument) {
      requireBase64('encode', scheme);
      if (value!.kind === 'payload') return (message) => message.facts.payload.toString('base64');
      const compiled = compileArgument(value!);
      return (message, scope) => {
        const text = toText(compiled(message, scope));
        return text === undefined ? undefined : Buffer.from(text).toString('base64');
      };
    },
  },
  decode: {
    min: 2,
    max: 2,
    compile([value, scheme], compileArgument) {
      requireBase64('decode', scheme);
      const compiled = compileArgument(value!);
      return (message, scope) => decode(toText(compiled(message, scope)));
    },
  },
  ...Object.fromEntries(
    ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((algorithm) => [
      algorithm,
      pure(1, 1, (value) => {
        const text = toText(value);
        return text === undefined ? undefined : createHash(algorithm).update(text).digest('hex');
      }),
    ]),
  ),
};

function requireBase64(name: string, scheme: import('../ast.ts').Expression | undefined): void {
  if (scheme?.kind !== 'literal' || scheme.value !== 'base64')
    throw new SqlSyntaxError(`${name}() is played for the literal scheme 'base64' only`, 0);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** JSON inside becomes addressable, other text stays text, and what is not base64 is NULL. */
function decode(text: string | undefined): SqlValue {
  if (text === undefined || !BASE64.test(text)) return null;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  try {
    return JSON.parse(decoded) as SqlValue;
  } catch {
    return decoded;
  }
}
