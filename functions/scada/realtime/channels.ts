/**
 * The live channels and who may listen. A channel is named in messages by its short name or by its documented
 * address (`/api/scada/ws/readings`).
 */
import * as z from 'zod/mini';
import { externalId } from '../../../layers/kernel/schema/common.ts';

const channelNames = ['readings', 'alarms', 'status'] as const;
export type ChannelName = (typeof channelNames)[number];

export const channelPermissions: Record<ChannelName, string> = {
  readings: 'scada:readings:read',
  alarms: 'scada:alarms:read',
  status: 'scada:stations:read',
};

const addressPrefix = '/api/scada/ws/';

const channel = z
  .pipe(
    z.string(),
    z.transform((text: string) => (text.startsWith(addressPrefix) ? text.slice(addressPrefix.length) : text)),
  )
  .check(
    z.refine((text) => (channelNames as readonly string[]).includes(text), `Use one of ${channelNames.join(', ')}.`),
  );

/** What a client may send. `id` comes back in the answer. */
export const clientMessage = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('subscribe'),
    channel,
    stationId: z.optional(externalId()),
    id: z.optional(z.string().check(z.maxLength(64))),
  }),
  z.object({
    action: z.literal('unsubscribe'),
    channel,
    stationId: z.optional(externalId()),
    id: z.optional(z.string().check(z.maxLength(64))),
  }),
  z.object({ action: z.literal('ping'), id: z.optional(z.string().check(z.maxLength(64))) }),
]);

export type ClientMessage = z.infer<typeof clientMessage>;

/** One audience: a channel, of all stations or of one. */
export interface Audience {
  channel: ChannelName;
  stationId?: string | undefined;
}

/** `readings` or `readings:ST-001`: also the documented room of a connection. */
export function roomOf({ channel: name, stationId }: Audience): string {
  return stationId === undefined ? name : `${name}:${stationId}`;
}
