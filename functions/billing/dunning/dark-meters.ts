/** Meters that are off, or may be, because dunning had them switched off: until one confirms that it is on again. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { MeterCommand } from '../commands/command-schema.ts';
import { dunningSubject } from './overdue-debt.ts';

export interface DarkMeter {
  meterId: string;
}

export const darkMeterEntity = defineEntity<DarkMeter, DarkMeter>()({
  name: 'dark meter',
  table: 'billing',
  key: ({ meterId }) => ({ pk: ['DARK-METERS'], sk: [meterId] }),
  idOf: ({ meterId }) => meterId,
});

/** Keeps the list in the transaction that moves a command on. */
export async function keepDarkMeters(
  session: TenantSession,
  { meterId, command, requestedBy }: Pick<MeterCommand, 'meterId' | 'command' | 'requestedBy'>,
  status: MeterCommand['status'] | undefined,
): Promise<(unit: UnitOfWork) => void> {
  if (command === 'disconnect' && requestedBy === dunningSubject && status === 'sent')
    return keepDark(session, meterId);
  if (command !== 'reconnect' || status !== 'confirmed') return () => {};
  const dark = await session.get(darkMeterEntity, { meterId }, { consistent: true });
  return (unit) => {
    if (dark !== undefined) unit.delete(darkMeterEntity, dark);
  };
}

/** On another version each time: the late confirmation of an earlier reconnection cannot take away what a newer order wrote. */
async function keepDark(session: TenantSession, meterId: string): Promise<(unit: UnitOfWork) => void> {
  const before = await session.get(darkMeterEntity, { meterId }, { consistent: true });
  const row = { meterId, version: (before?.version ?? 0) + 1 };
  return (unit) => unit.put(darkMeterEntity, row);
}
