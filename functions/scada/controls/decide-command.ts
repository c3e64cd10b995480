/** The second pair of eyes: approves a command, which is thereby sent, or rejects it. Never who asked for it. */

import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { commandUpdated } from '../events.ts';
import { advanceCommand, type applyStep } from './advance-command.ts';
import { type Command, commandEntity } from './command-entity.ts';
import { unlockPoint } from './command-lock.ts';
import { requireControl, requireGateway } from './request-command.ts';
import { sendCommand } from './send-command.ts';

/** @throws AppError `forbidden` for who asked for it, `conflict` when it is no longer to be decided, `gone` when it expired */
export async function approveCommand(
  session: TenantSession,
  principal: Principal,
  id: string,
): Promise<Command & Stored> {
  const command = await requireUndecided(session, principal, id);
  await requireControl(session, command.pointId);
  await requireGateway(session, command.stationId);
  const now = session.context.now();
  const by = principal.subject;
  const sent = await session.transact('scada', (unit) => {
    // One transaction from requested to sent: of two who approve at once, one sends.
    const after = unit.update(commandEntity, command, {
      status: 'sent',
      decidedBy: by,
      sentAt: now,
      steps: [...command.steps, { status: 'approved', at: now, by }, { status: 'sent', at: now, by: 'platform' }],
    });
    unit.emit(commandUpdated, { aggregateId: command.pointId, payload: after });
    return after;
  });
  return sendCommand(session, sent);
}

export async function rejectCommand(
  session: TenantSession,
  principal: Principal,
  id: string,
  comment: string | undefined,
): Promise<Command & Stored> {
  const command = await session.require(commandEntity, { id });
  // Who asked may take it back.
  if (command.status !== 'requested') throw new AppError('conflict', `The command is ${command.status}.`);
  const now = session.context.now();
  const by = principal.subject;
  const rejected = await session.transact('scada', (unit) => {
    const after = unit.update(commandEntity, command, {
      status: 'rejected',
      final: true,
      decidedBy: by,
      ...(comment === undefined ? {} : { reason: comment }),
      steps: [...command.steps, { status: 'rejected', at: now, by, ...(comment ? { detail: comment } : {}) }],
    });
    unit.emit(commandUpdated, { aggregateId: command.pointId, payload: after });
    return after;
  });
  await unlockPoint(session, rejected);
  return rejected;
}

async function requireUndecided(session: TenantSession, principal: Principal, id: string): Promise<Command & Stored> {
  const command = await session.require(commandEntity, { id });
  if (command.status !== 'requested') throw new AppError('conflict', `The command is ${command.status}.`);
  if (principal.kind !== 'user') throw new AppError('forbidden', 'A person approves a command, not a program.');
  // A key is its maker's: nobody approves by hand what they asked for by key.
  const asker = await personBehind(session, command.requestedBy);
  if (asker === principal.subject || command.requestedBy === principal.subject)
    throw new AppError('forbidden', 'Who asked for a command cannot approve it.');
  if (command.validUntil <= session.context.now()) {
    await advanceCommand(session.beforehand(), id, expiry(session));
    throw new AppError('gone', 'The command expired before it was approved.');
  }
  return command;
}

export const expiry = (session: TenantSession): Parameters<typeof applyStep>[2] => ({
  step: 'expired',
  status: 'expired',
  final: true,
  at: session.context.now(),
  by: 'platform',
  detail: 'Nobody approved it in time.',
});
