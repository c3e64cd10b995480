/** How tickets and their messages are stored. Open tickets are listed apart from ended ones, so that a queue stays as short as the work. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import type { Ticket, TicketMessage, TicketStatus } from './ticket-schema.ts';

const shards = 4;
const partition = (state: 'OPEN' | 'ENDED', shard: number): KeyParts => ['TICKETS', state, shard];
const partitionsOf = (state: 'OPEN' | 'ENDED') => Array.from({ length: shards }, (_, shard) => partition(state, shard));

export const openPartitions = partitionsOf('OPEN');
export const endedPartitions = partitionsOf('ENDED');

export const isEnded = (status: TicketStatus): boolean => status === 'resolved' || status === 'closed';

export const ticketEntity = defineEntity<Ticket>()({
  name: 'ticket',
  table: 'support',
  key: ({ id }) => ({ pk: ['TICKET', id], sk: ['TICKET'] }),
  indexes: {
    gsi1: ({ id, status }) => ({ pk: partition(isEnded(status) ? 'ENDED' : 'OPEN', shardOf(id, shards)), sk: [id] }),
    gsi2: ({ customerId, id }) =>
      customerId === undefined ? undefined : { pk: ['CUSTOMER-TICKETS', customerId], sk: [id] },
  },
  idOf: ({ id }) => id,
});

export const ticketMessageEntity = defineEntity<TicketMessage, Pick<TicketMessage, 'id' | 'ticketId'>>()({
  name: 'ticket message',
  table: 'support',
  key: ({ ticketId, id }) => ({ pk: ['TICKET', ticketId], sk: ['MESSAGE', id] }),
  idOf: ({ id }) => id,
});

/** Says which ticket a number names, and that it is taken. */
export const ticketNumberEntity = defineEntity<{ ticketNumber: string; ticketId: string }, { ticketNumber: string }>()({
  name: 'ticket number',
  table: 'support',
  key: ({ ticketNumber }) => ({ pk: ['TICKET-NUMBER', ticketNumber], sk: ['TICKET-NUMBER'] }),
  idOf: ({ ticketNumber }) => ticketNumber,
});
