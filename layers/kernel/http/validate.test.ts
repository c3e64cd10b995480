import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Route } from './route.ts';
import { validate } from './validate.ts';

const route: Route = { method: 'POST', path: '', access: 'public', summary: 'x', body: z.unknown() };
const read = (
  body: string | undefined,
  contentType: string | undefined = 'application/json',
  given: Partial<Route> = {},
) => validate({ ...route, ...given }, { params: {}, query: {}, body, contentType }, 'en').body;
const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};
const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

describe('a body', () => {
  it('of any JSON comes through as it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 10 }), (text) => {
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may be nested thirty levels deep, and not more', () => {
    expect(read(nested(30))).toEqual(JSON.parse(nested(30)));
    for (const text of [nested(31), '{"a":'.repeat(31) + 1 + '}'.repeat(31), nested(500_000), '['.repeat(1_000_000)])
      expect(code(() => read(text))).toBe('malformed_request');
  });

  it('is not deep because of what its strings hold', () => {
    const text = JSON.stringify({ a: '['.repeat(100), b: `"${'{'.repeat(100)}\\`, c: '\\"[[' });
    expect(read(text)).toEqual(JSON.parse(text));
    expect(read(`[${Array(100).fill('{}')}]`)).toHaveLength(100);
  });

  it.each(['{', '{"a":1,}', "{'a':1}", 'undefined', 'NaN', '"', '{"a":"\n"}', '\ufeff{}', '{}{}', '"\\'])(
    'that is no JSON is refused: %j',
    (text) => {
      expect(code(() => read(text))).toBe('malformed_request');
    },
  );

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/merge-patch+json'])(
    'may be %s',
    (type) => {
      expect(read('1', type)).toBe(1);
    },
  );
  it.each(['text/plain', 'application/xml', 'application/jsonp', 'multipart/form-data', ''])(
    'may not be %j',
    (type) => {
      expect(code(() => read('1', type))).toBe('unsupported_media_type');
    },
  );

  it('gives no object another prototype', () => {
    const body: any = read('{"__proto__":{"isAdmin":true}}', 'application/json', {
      body: z.object({ isAdmin: z.optional(z.boolean()) }),
    });
    expect(body.isAdmin).toBeUndefined();
    expect(({} as any).isAdmin).toBeUndefined();
  });
});

describe('what is wrong', () => {
  it('is all told at once, by JSON Pointer', () => {
    const strict: Route = {
      ...route,
      params: z.object({ id: z.string().check(z.maxLength(2)) }),
      query: z.object({ status: z.enum(['on', 'off']) }),
      body: z.object({ 'a/b': z.number(), list: z.array(z.object({ 'c~d': z.number() })) }),
      paginated: true,
    };
    try {
      validate(
        strict,
        {
          params: { id: 'long' },
          query: { status: 'x', limit: '0' },
          body: '{"a/b":"1","list":[{"c~d":1},{"c~d":"2"}]}',
          contentType: undefined,
        },
        'en',
      );
      expect.unreachable();
    } catch (error) {
      const { code: given, details } = error as { code: string; details: { in: string; path: string }[] };
      expect(given).toBe('validation_failed');
      expect(details.map(({ in: part, path }) => `${part} ${path}`)).toEqual([
        'path /id',
        'query /limit',
        'query /status',
        'body /a~1b',
        'body /list/1/c~0d',
      ]);
    }
  });
});

describe('what is wrong with a field', () => {
  const said = (schema: z.ZodMiniType, value: unknown, locale: 'en' | 'ar') => {
    const body = z.strictObject({ field: schema });
    try {
      validate(
        { ...route, body },
        { params: {}, query: {}, body: JSON.stringify({ field: value }), contentType: 'application/json' },
        locale,
      );
    } catch (error) {
      return (error as { details: { message: string }[] }).details[0]!.message;
    }
    return undefined;
  };
  const kind = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]);

  it.each<[z.ZodMiniType, unknown, en: string, ar: string]>([
    [z.record(z.string(), z.string()), undefined, 'This field is required.', 'هذا الحقل مطلوب.'],
    [z.enum(['x', 'y']), undefined, 'This field is required.', 'هذا الحقل مطلوب.'],
    [z.union([z.string(), z.number()]), undefined, 'This field is required.', 'هذا الحقل مطلوب.'],
    [kind, {}, 'This field is required.', 'هذا الحقل مطلوب.'],
    [kind, { kind: 'c' }, 'This must be one of: "a", "b".', 'المطلوب هنا إحدى هذه القيم: "a"، "b".'],
    [z.int(), 3.5, 'This must be a whole number.', 'المطلوب هنا: عدد صحيح.'],
    [z.string(), 5, 'This must be text.', 'المطلوب هنا: نص.'],
    [z.null(), 5, 'This is none of what is allowed here.', 'هذه القيمة غير مقبولة هنا.'],
    [z.literal('on'), 'off', 'This must be "on".', 'المطلوب هنا: "on".'],
    [
      z.string().check(z.regex(/^\d{6}$/)),
      '12',
      'This is not written as it must be.',
      'هذه القيمة ليست بالصيغة المطلوبة.',
    ],
    [z.string().check(z.minLength(1)), '', 'This may not be empty.', 'لا تُترك هذه القيمة فارغة.'],
    [
      z.string().check(z.maxLength(3)),
      'abcd',
      'This must be at most 3 characters long.',
      'عدد الأحرف هنا: 3 على الأكثر.',
    ],
    [z.string().check(z.length(3)), 'a', 'This must be exactly 3 characters long.', 'عدد الأحرف هنا: 3 بالضبط.'],
    [
      z.array(z.string()).check(z.maxLength(1)),
      ['', ''],
      'This must hold at most 1 item.',
      'عدد العناصر هنا: 1 على الأكثر.',
    ],
    [z.number().check(z.gte(1)), 0, 'This must be at least 1.', 'المطلوب هنا قيمة لا تقل عن 1.'],
    [z.number().check(z.lt(5)), 5, 'This must be less than 5.', 'المطلوب هنا قيمة أصغر من 5.'],
    [z.strictObject({}), { x: 1, y: 2 }, 'Unknown fields: "x", "y".', 'حقول غير معروفة: "x"، "y".'],
    [
      z.record(z.string().check(z.maxLength(1)), z.string()),
      { ab: '' },
      'A name in here is not written as it must be.',
      'أحد الأسماء هنا ليس بالصيغة المطلوبة.',
    ],
    [z.email(), 'x', 'Invalid email address', 'بريد إلكتروني غير مقبول'],
  ])('is said without types, patterns and signs of a program: %#', (schema, value, en, ar) => {
    expect([said(schema, value, 'en'), said(schema, value, 'ar')]).toEqual([en, ar]);
    expect(schema.safeParse(value).error?.issues[0]?.message).toBe(en);
  });
});
