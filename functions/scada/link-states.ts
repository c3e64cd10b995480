/**
 * How protocols and devices of a station are doing, as its gateway tells. Rows of their own beside the configured ones: a
 * line that flaps must neither fill audit trails nor make people's changes collide.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import { utcTime } from '../../layers/kernel/schema/common.ts';

/** `disconnected` is what was never heard of; the other words are the gateway's. */
export const linkStates = ['disconnected', 'connecting', 'online', 'degraded', 'offline'] as const;

export const linkStateSchema = z.object({
  state: z.enum(linkStates),
  /** In words of the protocol, e.g. `no answer within 1000 ms`. */
  reason: z.optional(z.string()),
  /** Since when; missing while nothing was heard. */
  since: z.optional(utcTime()),
  lastConnectedAt: z.optional(utcTime()),
});

export type LinkState = z.infer<typeof linkStateSchema>;
export type LinkKind = 'protocol' | 'device';

export interface LinkRow extends LinkState {
  stationId: string;
  kind: LinkKind;
  id: string;
  since: string;
}

export const linkPartition = (stationId: string): KeyParts => ['LINKS', stationId];

export const linkEntity = defineEntity<LinkRow, Pick<LinkRow, 'stationId' | 'kind' | 'id'>>()({
  name: 'link state',
  table: 'scada',
  key: ({ stationId, kind, id }) => ({ pk: linkPartition(stationId), sk: [kind, id] }),
  idOf: ({ kind, id }) => `${kind} ${id}`,
});

export const neverHeard: LinkState = { state: 'disconnected' };

/** States by id; what was never heard of is missing. */
export async function readLinkStates(
  session: TenantSession,
  kind: LinkKind,
  items: readonly { id: string; stationId: string }[],
): Promise<Map<string, LinkState>> {
  const rows = await session.getMany(
    linkEntity,
    items.map(({ id, stationId }) => ({ stationId, kind, id })),
  );
  return new Map(
    rows.map(({ id, state, reason, since, lastConnectedAt }) => [
      id,
      {
        state,
        since,
        ...(reason === undefined ? {} : { reason }),
        ...(lastConnectedAt === undefined ? {} : { lastConnectedAt }),
      },
    ]),
  );
}
