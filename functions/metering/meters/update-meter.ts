/** Changes a meter: what it is, where it is, and the record of the installed device. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { requireStation } from '../../scada/contract.ts';
import { meterStatusChanged, meterUpdated } from '../events.ts';
import { refuseImpossible } from '../models/apply-model.ts';
import { findModel } from '../models/find-model.ts';
import { checkDevices, refused, refuseInstalledLater } from './check-devices.ts';
import { meterEntity } from './meter-entity.ts';
import type { Device, Meter, UpdateMeter } from './meter-schema.ts';
import { updateProfile } from './meter-states.ts';
import { countsOtherwiseSince, meterRecordCorrected, recordCorrected } from './record-corrected.ts';
import { recordStatusChange } from './status-changes.ts';

export async function updateMeter(
  session: TenantSession,
  id: string,
  request: UpdateMeter,
  expectedVersion: number | undefined,
) {
  const before = await session.require(meterEntity, { id });
  refuseStale(before, expectedVersion);
  if (before.status === 'retired' && request.status !== undefined && request.status !== 'retired')
    throw new AppError('conflict', 'A retired meter does not come back: register the metering point anew.');
  if (request.stationId !== undefined && request.stationId !== before.stationId)
    await requireStation(session, request.stationId);
  await fitModel(session, before, { ...before, ...request });
  const now = session.context.now();
  refuseInstalledLater(request.installedAt, now);
  const changes = changesOf(before, request, now);
  if (changes.status !== undefined && changes.status !== before.status) changes.statusAt = now;
  const isStatusChange = changes.status !== undefined && changes.status !== before.status;
  return session.transact(meterEntity.table, (unit) => {
    const after = unit.update(meterEntity, before, changes);
    checkDevices(after);
    updateProfile(
      unit,
      session,
      after,
      deviceFields.some((field) => request[field] !== undefined),
    );
    unit.emit(meterUpdated, { aggregateId: id, payload: after });
    const since = countsOtherwiseSince(before, after);
    if (since !== undefined)
      unit.emit(meterRecordCorrected, { aggregateId: id, payload: recordCorrected(after, since) });
    if (isStatusChange) {
      const change = {
        meterId: id,
        stationId: after.stationId,
        time: now,
        previousStatus: before.status,
        newStatus: after.status,
        reason: 'edited',
      };
      recordStatusChange(unit, change);
      unit.emit(meterStatusChanged, { aggregateId: id, payload: change });
    }
    return after;
  });
}

/** Only what changes is looked at: what was registered before its model was known stays. */
async function fitModel(session: TenantSession, before: Meter, after: Pick<Meter, ModelField>): Promise<void> {
  if (modelFields.every((field) => before[field] === after[field])) return;
  refuseImpossible(after, await findModel(session, after.model));
}

const modelFields = ['model', 'phases', 'ctRatio', 'ptRatio'] as const;
type ModelField = (typeof modelFields)[number];

/** What is recorded of the installed device itself. */
const deviceFields = ['digits', 'decimals', 'initialRegisterKwh', 'installedAt', 'registerScale'] as const;

type Changes = { [P in keyof Meter]?: Meter[P] | null };

function changesOf(before: Meter, request: UpdateMeter, now: string): Changes {
  const { stationSince, initialRegisterKwh, installedAt, ...plain } = request;
  const changes: Changes = plain;
  changes.stations = movedStations(before, request.stationId, stationSince ?? now, installedAt);
  changes.devices = correctedDevices(before, request, now);
  return changes;
}

function movedStations(
  { stationId: current, stations }: Meter,
  stationId: string | undefined,
  since: string,
  installedAt: string | undefined,
): Meter['stations'] {
  // The first station goes with the first installation, so a corrected date moves both.
  const known = stations.map((entry, i) =>
    i === 0 && stations.length === 1 && installedAt !== undefined ? { ...entry, since: installedAt } : entry,
  );
  if (stationId === undefined || stationId === current) return known;
  const last = known.at(-1)?.since;
  if (last !== undefined && since <= last)
    throw refused(
      '/stationSince',
      `The meter came to ${current} at ${last}: it cannot have moved on before.`,
      `وصل العداد إلى ${current} في ${last}، فلا يمكن أن ينتقل قبل ذلك.`,
    );
  return [...known, { stationId, since }];
}

function correctedDevices({ devices }: Meter, request: UpdateMeter, now: string): Device[] {
  const installed = devices.at(-1)!;
  const corrected: Device = { ...installed };
  for (const field of ['digits', 'decimals', 'initialRegisterKwh', 'installedAt', 'model'] as const)
    if (request[field] !== undefined) Object.assign(corrected, { [field]: request[field] });
  if (request.status === 'retired' && corrected.removedAt === undefined) corrected.removedAt = now;
  const previous = devices.at(-2);
  if (previous?.removedAt !== undefined && corrected.installedAt !== previous.removedAt)
    throw refused(
      '/installedAt',
      `The device replaced another one at ${previous.removedAt}.`,
      `حل الجهاز محل آخر في ${previous.removedAt}.`,
    );
  return [...devices.slice(0, -1), corrected];
}
