/** What a meter's register and the model it is built after are both described by. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { obisPattern } from '../../../layers/metering/reading-message.ts';
import { maxRegisterDecimals, maxRegisterDigits } from '../../../layers/metering/register.ts';

/** Places before the point: it starts again at zero after 10^digits. */
export const registerDigits = () => z.int().check(z.gte(3), z.lte(maxRegisterDigits));
export const registerDecimals = () => z.int().check(z.gte(0), z.lte(maxRegisterDecimals));

/** Which register it is (IEC 62056-61), and what people call it. */
export const registerName = {
  obis: z
    .string()
    .check(
      z.regex(
        obisPattern,
        fieldMessage('Not an OBIS code such as "1.8.1" or "1-0:1.8.1".', 'ليس رمز OBIS مثل "1.8.1" أو "1-0:1.8.1".'),
      ),
    ),
  name: z.optional(label(60)),
};
