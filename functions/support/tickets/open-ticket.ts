/** Opens a ticket: number, due times by priority, files, event, in one transaction. */
import { randomInt } from 'node:crypto';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { readyAttachments, takeAttachments } from '../attachments/sign-attachments.ts';
import { ticketCreated } from '../events.ts';
import { supportSettings } from '../settings/settings-entity.ts';
import { dueTimes } from '../sla/due-times.ts';
import { ticketEntity, ticketNumberEntity } from './ticket-entity.ts';
import type { Ticket, TicketChannel, TicketPriority } from './ticket-schema.ts';

export interface NewTicket {
  subject: string;
  description: string;
  category: string;
  priority: TicketPriority;
  channel: TicketChannel;
  customerId?: string | undefined;
  tags?: string[] | undefined;
  attachmentIds?: string[] | undefined;
}

/** Letters and digits nobody mixes up on a telephone (Crockford's base 32). */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const newNumber = (): string => `TK-${Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')}`;

/** @throws AppError `unprocessable` for a category the tenant does not have; see `readyAttachments` for files */
export async function openTicket(
  session: TenantSession,
  openedBy: string,
  { attachmentIds, customerId, tags, ...given }: NewTicket,
): Promise<Ticket & Stored> {
  const settings = await supportSettings(session);
  refuseUnknownCategory(settings.categories, given.category);
  const files = await readyAttachments(session, openedBy, attachmentIds);
  const now = session.context.now();
  const ticket: Omit<Ticket, 'ticketNumber'> = {
    ...given,
    id: newId('tkt'),
    status: 'open',
    ...(customerId === undefined ? {} : { customerId }),
    ...(tags === undefined ? {} : { tags }),
    openedBy,
    attachmentIds: files.map(({ id }) => id),
    ...dueTimes(settings, given.priority, now),
    slaBreached: false,
    lastActivityAt: now,
    messageCount: 0,
  };
  for (let tries = 1; ; tries++) {
    const ticketNumber = newNumber();
    try {
      return await session.transact('support', (unit) => {
        const stored = unit.create(ticketEntity, { ...ticket, ticketNumber });
        unit.create(ticketNumberEntity, { ticketNumber, ticketId: ticket.id });
        takeAttachments(unit, files, ticket.id);
        unit.emit(ticketCreated, { aggregateId: ticket.id, payload: stored });
        return stored;
      });
    } catch (error) {
      // Of a million million numbers one was taken.
      if (!isAppError(error) || error.code !== 'already_exists' || tries === 3) throw error;
    }
  }
}

export function refuseUnknownCategory(categories: readonly { code: string }[], code: string): void {
  if (categories.some((category) => category.code === code)) return;
  const known = categories.map((category) => category.code).join(', ');
  throw new AppError('unprocessable', undefined, {
    texts: { en: `No such category; there are: ${known}.`, ar: `لا توجد فئة كهذه، والفئات: ${known}.` },
  });
}
