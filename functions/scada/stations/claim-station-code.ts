/** Reserves a station code for a tenant in the whole installation, in the transaction that creates the station. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { stationClaimEntity } from './station-entity.ts';

export function claimStationCode(unit: UnitOfWork, stationId: string, tenantId: string): void {
  unit.claim(
    stationClaimEntity,
    { id: stationId, tenantId },
    () =>
      new AppError(
        'already_exists',
        'This station code is taken: codes are unique in the whole installation because MQTT topics carry them.',
        { values: { entity: 'station', id: stationId } },
      ),
  );
}
