/** A customer's own tickets: the support domain keeps them, and the portal says whose they are. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { type customerTickets, loadCustomerTickets } from '../../support/contract.ts';
import type { ownTicketRoutes } from './own-ticket-routes.ts';
import { requireOwnCustomer } from './portal-access.ts';

type Ticket = Awaited<ReturnType<typeof customerTickets.get>>;
type Message = Awaited<ReturnType<typeof customerTickets.reply>>;

interface Asked {
  session: TenantSession;
  principal: Principal;
  query: { account?: string | undefined };
}

const writerOf = async ({ session, principal, query }: Asked) => {
  const { id, name } = await requireOwnCustomer(session, principal, query.account);
  return { customerId: id, userId: principal.subject, name };
};

export const ticketOperations = (channel: 'portal' | 'app'): Operations<typeof ownTicketRoutes> => ({
  listOwnTickets: async (request) => {
    const { session, query, page } = request;
    const { customerId } = await writerOf(request);
    const { items, nextCursor } = await (await loadCustomerTickets()).list(session, customerId, query.status, page);
    return { data: items.map(shownTicket), pagination: { limit: page.limit, nextCursor } };
  },

  openOwnTicket: async (request) => ({
    data: shownTicket(
      await (await loadCustomerTickets()).open(request.session, await writerOf(request), channel, request.body),
    ),
  }),

  listTicketCategories: async ({ session }) => ({ data: await (await loadCustomerTickets()).categories(session) }),

  uploadOwnTicketFiles: async (request) => {
    const { userId } = await writerOf(request);
    return { data: await (await loadCustomerTickets()).upload(request.session, userId, request.body.files) };
  },

  getOwnTicket: async (request) => {
    const { customerId } = await writerOf(request);
    return {
      data: shownTicket(await (await loadCustomerTickets()).get(request.session, customerId, request.params.id)),
    };
  },

  listOwnTicketMessages: async (request) => {
    const { session, params, page } = request;
    const { customerId } = await writerOf(request);
    const { items, nextCursor } = await (await loadCustomerTickets()).messages(session, customerId, params.id, page);
    return { data: items.map(shownMessage), pagination: { limit: page.limit, nextCursor } };
  },

  replyToOwnTicket: async (request) => {
    const writer = await writerOf(request);
    return {
      data: shownMessage(
        await (await loadCustomerTickets()).reply(request.session, writer, request.params.id, request.body),
      ),
    };
  },

  closeOwnTicket: async (request) => {
    const { customerId } = await writerOf(request);
    return {
      data: shownTicket(await (await loadCustomerTickets()).close(request.session, customerId, request.params.id)),
    };
  },

  rateOwnTicket: async (request) => {
    const { customerId } = await writerOf(request);
    const { rating, feedback } = request.body;
    return {
      data: shownTicket(
        await (await loadCustomerTickets()).rate(request.session, customerId, request.params.id, rating, feedback),
      ),
    };
  },

  getOwnTicketFile: async (request) => {
    const { customerId } = await writerOf(request);
    const { id, attachmentId } = request.params;
    return { data: await (await loadCustomerTickets()).file(request.session, customerId, id, attachmentId) };
  },
});

/** What is not of work among staff. */
function shownTicket(ticket: Ticket) {
  const { id, ticketNumber, subject, description, category, priority, status, channel, attachmentIds } = ticket;
  const { resolvedAt, closedAt, lastActivityAt, rating, feedback, version, createdAt, updatedAt } = ticket;
  return {
    ...{ id, ticketNumber, subject, description, category, priority, status, channel, attachmentIds },
    ...{ lastActivityAt, version, createdAt, updatedAt },
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(rating === undefined ? {} : { rating }),
    ...(feedback === undefined ? {} : { feedback }),
  };
}

const shownMessage = ({
  id,
  author,
  text,
  attachmentIds,
  at,
}: Omit<Message, 'version' | 'createdAt' | 'updatedAt'>) => ({
  id,
  author,
  text,
  attachmentIds,
  at,
});
