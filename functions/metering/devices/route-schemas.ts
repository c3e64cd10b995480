/** Shapes that routes of the device registry take and answer. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';

const codePattern = /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/;
export const claimCode = () =>
  z.string().check(z.regex(codePattern, fieldMessage('Not a claim code.', 'ليس رمز مطالبة.')));

export const uploadSchema = z.object({
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresIn: z.int(),
});

const maxSettingsBytes = 32 * 1024;

export const settingsSchema = z
  .record(z.string().check(z.maxLength(100)), z.unknown())
  .check(
    z.refine(
      (settings) => Buffer.byteLength(JSON.stringify(settings)) <= maxSettingsBytes,
      `Settings have ${maxSettingsBytes} bytes at most.`,
    ),
  );

export const configurationSchema = z.object({
  deviceId: z.string(),
  version: z.int(),
  settings: z.record(z.string(), z.unknown()),
  /** Of the settings as compact JSON with their keys in the order given. */
  sha256: z.string(),
  issuedAt: utcTime(),
  issuedBy: z.string(),
});
export type Configuration = z.infer<typeof configurationSchema>;
