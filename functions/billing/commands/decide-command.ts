/** Approves, rejects or withdraws a command that has not been sent. Who asked for it cannot approve it. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { changeCommand } from './change-command.ts';
import { commandEntity } from './command-entity.ts';
import type { MeterCommand } from './command-schema.ts';

export async function approveCommand(
  session: TenantSession,
  id: string,
  subject: string,
): Promise<MeterCommand & Stored> {
  const command = await requireStatus(session, id, ['requested']);
  const approvedBy = await personBehind(session, subject);
  if (approvedBy === command.requestedBy)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Who asked for it cannot approve it.', ar: 'لا يوافق على الأمر من طلبه.' },
    });
  return changeCommand(session, command, { status: 'approved', approvedBy, approvedAt: session.context.now() });
}

export async function endUnsent(
  session: TenantSession,
  id: string,
  status: 'rejected' | 'cancelled',
  outcome: string,
): Promise<MeterCommand & Stored> {
  const command = await requireStatus(session, id, status === 'rejected' ? ['requested'] : ['requested', 'approved']);
  return changeCommand(session, command, { status, outcome, endedAt: session.context.now() });
}

async function requireStatus(
  session: TenantSession,
  id: string,
  allowed: readonly string[],
): Promise<MeterCommand & Stored> {
  const command = await session.require(commandEntity, { id });
  if (!allowed.includes(command.status))
    throw new AppError('conflict', undefined, {
      texts: { en: `The command is ${command.status} already.`, ar: `حالة الأمر الآن: ${command.status}.` },
    });
  return command;
}
