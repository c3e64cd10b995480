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

/** Keeps the list in the transaction that moves a command on; one command is open for a meter at a time. */
export async function keepDarkMeters(
  session: TenantSession,
  { meterId, command, requestedBy }: Pick<MeterCommand, 'meterId' | 'command' | 'requestedBy'>,
  status: MeterCommand['status'] | undefined,
): Promise<(unit: UnitOfWork) => void> {
  if (command === 'disconnect' && requestedBy === dunningSubject && status === 'sent')
    return (unit) => unit.put(darkMeterEntity, { meterId });
  if (command !== 'reconnect' || status !== 'confirmed') return () => {};
  const dark = await session.get(darkMeterEntity, { meterId }, { consistent: true });
  return (unit) => {
    if (dark !== undefined) unit.delete(darkMeterEntity, dark);
  };
}
