/** Moves a command on, with its event; an end frees the meter for the next one in the same transaction. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { keepDarkMeters } from '../dunning/dark-meters.ts';
import { meterCommandChanged } from '../events.ts';
import { commandEntity, openCommandEntity } from './command-entity.ts';
import { type MeterCommand, openCommandStatuses } from './command-schema.ts';
import { keepUnanswered } from './unanswered-command.ts';

/** @param also what else is written with it @throws AppError `version_conflict` when it moved on meanwhile */
export async function changeCommand(
  session: TenantSession,
  command: MeterCommand & Stored,
  changes: Partial<MeterCommand>,
  also?: (unit: UnitOfWork) => void,
): Promise<MeterCommand & Stored> {
  const isEnd = changes.status !== undefined && !(openCommandStatuses as readonly string[]).includes(changes.status);
  const open = isEnd
    ? await session.get(openCommandEntity, { meterId: command.meterId }, { consistent: true })
    : undefined;
  const keepDark = await keepDarkMeters(session, command, changes.status);
  const keepUnheard = await keepUnanswered(session, command, changes.status);
  return session.transact('billing', (unit) => {
    const after = unit.update(commandEntity, command, changes);
    if (open?.commandId === command.id) unit.delete(openCommandEntity, open);
    unit.emit(meterCommandChanged, { aggregateId: command.meterId, payload: after });
    keepDark(unit);
    keepUnheard(unit);
    also?.(unit);
    return after;
  });
}
