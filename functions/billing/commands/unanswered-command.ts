/**
 * The last command of a meter that ended without its word, or with its word that it refused. What the meter says later is then still heard: the command is
 * confirmed after all, and the alert about it ends. A newer confirmation makes the alert pointless as well.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { endAlert } from '../../platform/contract.ts';
import type { MeterCommand } from './command-schema.ts';

/** The relay and the tariff are told, and fail, apart: that one is well again says nothing of the other. */
type Part = 'relay' | 'tariff';

interface UnansweredCommand {
  meterId: string;
  part: Part;
  commandId: string;
}

export const unansweredCommandEntity = defineEntity<UnansweredCommand, Pick<UnansweredCommand, 'meterId' | 'part'>>()({
  name: 'unanswered command',
  table: 'billing',
  key: ({ meterId, part }) => ({ pk: ['OPEN-COMMAND', meterId], sk: ['UNANSWERED', part] }),
  idOf: ({ meterId, part }) => `${meterId} ${part}`,
});

const partOf = ({ command }: Pick<MeterCommand, 'command'>): Part => (command === 'set_tariff' ? 'tariff' : 'relay');

/** Whether nothing newer came of a command's meter than that it was given up. */
export async function isUnanswered(
  session: TenantSession,
  command: Pick<MeterCommand, 'id' | 'meterId' | 'command'>,
): Promise<boolean> {
  const key = { meterId: command.meterId, part: partOf(command) };
  return (await session.get(unansweredCommandEntity, key, { consistent: true }))?.commandId === command.id;
}

/** Under which the alert of a command that nobody answered is open. */
export const alertKeyOf = (command: Pick<MeterCommand, 'meterId' | 'command'>): string =>
  partOf(command) === 'relay' ? `meter-command/${command.meterId}` : `meter-command/${command.meterId}/tariff`;

/**
 * Keeps the row in the transaction that moves a command on.
 * @throws AppError `version_conflict` for a late word on a command after which a newer one was given up meanwhile
 */
export async function keepUnanswered(
  session: TenantSession,
  command: Pick<MeterCommand, 'id' | 'meterId' | 'command' | 'status'>,
  status: MeterCommand['status'] | undefined,
): Promise<(unit: UnitOfWork) => void> {
  const key = { meterId: command.meterId, part: partOf(command) };
  const isUnanswered = status === 'timed_out' || status === 'failed';
  if (!isUnanswered && status !== 'confirmed') return () => {};
  const before = await session.get(unansweredCommandEntity, key, { consistent: true });
  const wasGivenUp = command.status === 'timed_out' || command.status === 'failed';
  if (wasGivenUp && before?.commandId !== command.id) throw new AppError('version_conflict');
  // On another version each time: a late word on the one before does not take this one away.
  const row = { ...key, commandId: command.id, version: (before?.version ?? 0) + 1 };
  if (isUnanswered) return (unit) => unit.put(unansweredCommandEntity, row);
  return (unit) => {
    if (before === undefined) return;
    unit.delete(unansweredCommandEntity, before);
    endAlert(unit, alertKeyOf(command), `Command ${command.id} was confirmed.`);
  };
}
