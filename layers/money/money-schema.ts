/** Schemas of amounts and currencies for routes and events; the number of decimals depends on the currency, so operations check it. */
import * as z from 'zod/mini';
import { fieldMessage } from '../kernel/i18n/field-message.ts';
import { isCurrency } from './currencies.ts';

/** A currency of ISO 4217. */
export const currency = () =>
  z
    .string()
    .check(
      z.refine(
        isCurrency,
        fieldMessage('Not a currency of ISO 4217, such as "YER".', 'ليست عملة من معيار ISO 4217، مثل "YER".'),
      ),
    );

/** An amount that is not negative, as decimal text. */
export const amount = () =>
  z
    .string()
    .check(z.regex(/^\d{1,18}(\.\d{1,4})?$/, fieldMessage('Not an amount such as "12.50".', 'ليس مبلغًا مثل "12.50".')));

/** An amount that may be negative, as answers carry it. */
export const signedAmount = () => z.string();

/** An exchange rate: units of the base currency for one unit of the foreign one. */
export const exchangeRate = () =>
  z
    .string()
    .check(
      z.regex(
        /^(?!0+(\.0+)?$)\d{1,12}(\.\d{1,12})?$/,
        fieldMessage('Not an exchange rate such as "535.25".', 'ليس سعر صرف مثل "535.25".'),
      ),
    );
