/** Reserves a station code for a tenant in the whole installation, in the transaction that creates the station. */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { stationClaimEntity } from './station-entity.ts';

export function claimStationCode(unit: UnitOfWork, stationId: string, tenantId: string): void {
  const { key } = storageKeys(globalScope, stationClaimEntity, { id: stationId });
  unit.step(
    {
      Put: {
        TableName: tableName(stationClaimEntity.table),
        Item: { ...key, _type: 'station code', id: stationId, tenantId },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    () =>
      new AppError(
        'already_exists',
        'This station code is taken: codes are unique in the whole installation because MQTT topics carry them.',
        { values: { entity: 'station', id: stationId } },
      ),
  );
}
