/** How requests and answers write what a key reaches at the MQTT broker. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';

export const mqttReaches = ['paths', 'stations', 'all_stations'] as const;

/** Below a station: all meters, equipment or devices, or all of one of them. */
const mqttPath = z
  .string()
  .check(
    z.regex(
      /^(device|meter|infrastructure)\/([A-Za-z0-9][A-Za-z0-9._-]{0,63}\/)?\*$/,
      fieldMessage('Write a path such as "meter/M-1/*" or "meter/*".', 'اكتب مسارًا مثل "meter/M-1/*" أو "meter/*".'),
    ),
  );
export const mqttPathsSchema = z.array(mqttPath).check(z.minLength(1), z.maxLength(20));
