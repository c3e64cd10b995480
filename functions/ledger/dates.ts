/** Schemas of calendar dates and periods; a date has no time and no zone. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../layers/kernel/i18n/field-message.ts';

/** `2026-03-15`, a day that exists. */
export const date = () => z.iso.date();

/** `2026-03`: a month, the id of a period. */
export const periodId = () =>
  z
    .string()
    .check(
      z.regex(
        /^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/,
        fieldMessage('Not a period such as "2026-03".', 'ليست فترة مثل "2026-03".'),
      ),
    );
