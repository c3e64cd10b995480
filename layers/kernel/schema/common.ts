/** Schemas that many routes share, so that a timestamp or a decimal means one thing everywhere. */

import * as z from 'zod/mini';
import { fieldMessage, fieldText } from '../i18n/field-message.ts';

/** An identifier chosen by the utility (meter number, station code): visible ASCII without separators of keys and topics. */
export const externalId = () =>
  z
    .string()
    .check(
      z.regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
        fieldMessage(
          'Use 1 to 64 letters, digits, ".", "_" or "-".',
          'استخدم من 1 إلى 64 من الحروف اللاتينية والأرقام و"." و"_" و"-".',
        ),
      ),
    );

/** An identifier made by Mizan, e.g. `whk_01J…`. */
export const generatedId = (prefix: string) =>
  z.string().check(z.regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`), `Not an id of the form ${prefix}_….`));

/** RFC 3339 with a time zone, normalised to UTC with milliseconds. */
export const timestamp = () =>
  z.pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text: string, context) => {
      const time = Date.parse(text);
      if (Number.isNaN(time)) {
        context.issues.push({
          code: 'custom',
          message: fieldText('Not a time that exists.', 'وقت غير موجود.'),
          input: text,
        });
        return z.NEVER;
      }
      return new Date(time).toISOString();
    }),
  );

/** A time as answers carry it: UTC, ISO 8601. */
export const utcTime = () => z.string();

/** An exact decimal number as text, e.g. money: at most 15 digits before and 6 after the point. */
export const decimal = () =>
  z
    .string()
    .check(
      z.regex(
        /^-?\d{1,15}(\.\d{1,6})?$/,
        fieldMessage('Not a decimal number such as "12.50".', 'ليس عددًا عشريًا مثل "12.50".'),
      ),
    );

/** A local time of day to the minute, e.g. `21:30`. */
export const timeOfDay = () =>
  z
    .string()
    .check(
      z.regex(
        /^([01]\d|2[0-3]):[0-5]\d$/,
        fieldMessage('Write a time of day such as "21:30".', 'اكتب وقتًا من اليوم مثل "21:30".'),
      ),
    );

/** A short text a person typed. */
export const label = (max = 200) => z.string().check(z.trim(), z.minLength(1), z.maxLength(max));

/** A whole number in a query string. */
export const queryInteger = (minimum: number, maximum: number) =>
  z.coerce.number().check(z.int(), z.gte(minimum), z.lte(maximum));

/** The query parameters every paginated route takes. */
export const pagingQuery = z.object({
  limit: z._default(queryInteger(1, 200), 50),
  cursor: z.optional(z.string().check(z.maxLength(2048))),
});

/** The answer of a route that has nothing to say. */
export const empty = z.object({});
