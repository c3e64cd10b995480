/** Devices that take push messages: who has the app on which telephone. The token is the device's address and is shown to nobody. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';

export const newDeviceSchema = z.object({
  /** Of Firebase Cloud Messaging or the Apple Push Notification service. */
  token: z.string().check(z.regex(/^[A-Za-z0-9:_-]{16,4096}$/)),
  platform: z.enum(['android', 'ios', 'web']),
  language: z._default(z.enum(['ar', 'en']), 'ar'),
  /** As the person knows it. */
  name: z.optional(label(100)),
});

export const deviceSchema = z.object({
  id: z.string(),
  platform: z.enum(['android', 'ios', 'web']),
  language: z.enum(['ar', 'en']),
  name: z.optional(z.string()),
  lastSeenAt: utcTime(),
});

export interface PushDevice extends z.infer<typeof newDeviceSchema> {
  /** Follows from the token. */
  id: string;
  userId: string;
  lastSeenAt: string;
}

/** Old telephones are forgotten by themselves after this long without a sign. */
const keptSeconds = 270 * 86_400;
export const maxDevices = 20;

export const pushDeviceEntity = defineEntity<PushDevice, Pick<PushDevice, 'userId' | 'id'>>()({
  name: 'push device',
  table: 'billing',
  key: ({ userId, id }) => ({ pk: ['PUSH-DEVICES', userId], sk: [id] }),
  idOf: ({ id }) => id,
  expiresAt: ({ lastSeenAt }) => Math.floor(Date.parse(lastSeenAt) / 1000) + keptSeconds,
  secretAttributes: ['token'],
});

/** Whose a device is: the app of one telephone shows messages of one person, the one who logged in last. */
export const deviceOwnerEntity = defineEntity<Pick<PushDevice, 'id' | 'userId' | 'lastSeenAt'>, { id: string }>()({
  name: 'owner of a push device',
  table: 'billing',
  key: ({ id }) => ({ pk: ['PUSH-DEVICE', id], sk: ['PUSH-DEVICE'] }),
  idOf: ({ id }) => id,
  expiresAt: ({ lastSeenAt }) => Math.floor(Date.parse(lastSeenAt) / 1000) + keptSeconds,
});
