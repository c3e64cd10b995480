/** Lambda entry of `/api/scada/protocols`. */
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { deviceEntity, devicePartition } from '../devices/device-entity.ts';
import { neverHeard, readLinkStates } from '../link-states.ts';
import { answered } from '../present-rows.ts';
import { stationEntity } from '../stations/station-entity.ts';
import { type Protocol, protocolEntity } from './protocol-entity.ts';
import { protocols } from './routes.ts';

const plain = crudOperations({
  singular: 'Protocol',
  plural: 'Protocols',
  entity: protocolEntity,
  list: { index: 'gsi1', pk: ['PROTOCOLS'] },
  make: (body) => ({ id: newId('prt'), ...body }),
  onCreate: (unit, { stationId }) => unit.requireExists(stationEntity, { id: stationId }),
  onDelete: async (_, { id, stationId }, { session }) => refuseWhileUsed(session!, id, stationId),
});

export const handler = serve(protocols, answered(plain, present), { table: 'scada' });

async function present<T extends Protocol>(session: TenantSession, rows: readonly T[]) {
  const states = await readLinkStates(session, 'protocol', rows);
  return rows.map((row) => {
    const { state, lastConnectedAt = null } = states.get(row.id) ?? neverHeard;
    return { ...row, connectionStatus: state, lastConnectedAt };
  });
}

async function refuseWhileUsed(session: TenantSession, protocolId: string, stationId: string): Promise<void> {
  const { items } = await session.query<{ id: string }>(deviceEntity, {
    index: 'gsi2',
    pk: devicePartition(stationId),
    filter: [{ attribute: 'protocolId', operator: '=', value: protocolId }],
    limit: 1,
  });
  if (items.length > 0) throw new AppError('conflict', `Device "${items[0]!.id}" is connected by it: move it first.`);
}
