/**
 * The state machine of a command. It only moves forward; what comes late or twice is written among the steps and changes
 * nothing, except that the station's word settles what was unknown.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { commandUpdated } from '../events.ts';
import { type Command, type CommandStatus, commandEntity } from './command-entity.ts';
import { unlockPoint } from './command-lock.ts';

export interface CommandStep {
  /** What was told, in the words of who told it. */
  step: string;
  /** Left out: the step changes no status. */
  status?: CommandStatus | undefined;
  final: boolean;
  at: string;
  by: string;
  detail?: string | undefined;
  code?: string | number | undefined;
  readBack?: Command['readBack'];
}

const rank: Record<CommandStatus, number> = {
  requested: 0,
  approved: 1,
  sent: 2,
  selected: 3,
  unknown: 4,
  executed: 5,
  verified: 6,
  refused: 7,
  expired: 7,
  rejected: 7,
};

/** Steps of one command; a gateway tells fewer than ten. */
const maxSteps = 50;

/** @returns the command after the step; undefined when there is none */
export async function advanceCommand(
  session: TenantSession,
  id: string,
  step: CommandStep,
): Promise<(Command & Stored) | undefined> {
  const after = await retryOnChangeOrMade(async () => {
    const command = await session.get(commandEntity, { id }, { consistent: true });
    return command && applyStep(session, command, step);
  });
  if (after?.final) await unlockPoint(session, after);
  return after;
}

/** @throws AppError `version_conflict` when the command moved on since it was read */
export async function applyStep(
  session: TenantSession,
  command: Command & Stored,
  step: CommandStep,
): Promise<Command & Stored> {
  const isTold = command.steps.some(({ status, at, by }) => status === step.step && at === step.at && by === step.by);
  if (isTold || command.steps.length >= maxSteps) return command;
  const entry = { status: step.step, at: step.at, by: step.by, ...(step.detail ? { detail: step.detail } : {}) };
  const isSettled = command.final && command.status !== 'unknown';
  const moves = !isSettled && step.status !== undefined && rank[step.status] >= rank[command.status];
  const changes: Partial<Command> = moves
    ? {
        status: step.status!,
        final: step.final || command.final,
        ...(step.detail === undefined ? {} : { reason: step.detail }),
        ...(step.code === undefined ? {} : { code: step.code }),
        ...(step.readBack === undefined ? {} : { readBack: step.readBack }),
      }
    : // The last word of the station may be one that changes no status.
      { final: command.final || step.final };
  return session.transact('scada', (unit) => {
    const after = unit.update(commandEntity, command, { ...changes, steps: [...command.steps, entry] });
    const isNews = after.status !== command.status || after.final !== command.final;
    if (isNews) unit.emit(commandUpdated, { aggregateId: command.pointId, payload: after });
    return after;
  });
}
