/**
 * A reading taken in the field, on its way into metering like any other reading. Of several on one local day all are kept;
 * the earliest stands until a person says otherwise, so the order in which devices come back to the network decides nothing.
 */
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { expectedReadings, isExpected, requireMeter, takeFieldReading } from '../../metering/contract.ts';
import { type FieldWorker, rejected, sayReason, takenTime } from './field-context.ts';
import { fieldReadingRecorded } from './field-events.ts';
import { earlierResult, logOperation } from './operation-log.ts';
import type { OperationOf, OperationResult } from './operation-schema.ts';
import { foreignPhoto, keepingPhotos } from './photo-entity.ts';
import {
  addCandidate,
  type FieldReadingRow,
  fieldReadingEntity,
  type MeterDay,
  maxCandidates,
  meterDayEntity,
  standingOf,
} from './reading-entity.ts';
import { requireOwnRoute, type StoredStop, stopEntity } from './route-entity.ts';

type Visit = OperationOf<'reading'> | OperationOf<'no_access'>;

/** What the history of the meter may speak against, and a person may know better. */
const contradictions = ['register_decreased', 'register_jumped'];

export async function applyReading(worker: FieldWorker, operation: OperationOf<'reading'>): Promise<OperationResult> {
  const { session, locale } = worker;
  const visited = await readVisit(worker, operation);
  if ('status' in visited) return visited;
  const { row } = visited;
  const { id, meterId, confirmed, registerKwh, exportRegisterKwh, registers } = operation;
  const meter = await requireMeter(session, meterId);
  const known = (await expectedReadings(session, [meter], Date.parse(row.takenAt))).get(meterId)!;
  const isNewest = known.last === undefined || known.last.time < row.takenAt;
  if (!confirmed && isNewest && !isExpected(known, registerKwh))
    return rejected(
      worker,
      id,
      'outside_expected_range',
      { low: known.expected!.lowKwh, high: known.expected!.highKwh },
      { needsConfirmation: true, server: { ...known } },
    );
  const refusal = await takeFieldReading(
    session,
    { meterId, time: row.takenAt, registerKwh, exportRegisterKwh, registers },
    locale,
  );
  if (
    refusal !== undefined &&
    !(contradictions.includes(refusal.reason) && (confirmed || (await isReadDay(worker, row))))
  )
    return {
      id,
      status: 'rejected',
      ...refusal,
      ...(contradictions.includes(refusal.reason) ? { needsConfirmation: true, server: { ...known } } : {}),
    };
  return keepReading(worker, visited, {
    ...row,
    registerKwh,
    confirmed,
    ...(exportRegisterKwh === undefined ? {} : { exportRegisterKwh }),
    ...(registers === undefined ? {} : { registers }),
    ...(known.expected === undefined || !isNewest ? {} : { expected: known.expected }),
    ...(refusal === undefined ? {} : { refusal: refusal.reason }),
  });
}

/** Nobody got to the meter: what the office needs to know of it. */
export async function applyNoAccess(
  worker: FieldWorker,
  operation: OperationOf<'no_access'>,
): Promise<OperationResult> {
  const visited = await readVisit(worker, operation);
  if ('status' in visited) return visited;
  const row = { ...visited.row, noAccess: operation.code };
  return retryOnChangeOrMade(async () => {
    const earlier = await earlierResult(worker.session, worker.userId, operation.id);
    if (earlier !== undefined) return earlier;
    const [stop, keepPhotos] = await Promise.all([
      worker.session.require(stopEntity, row),
      keepingPhotos(worker.session, row.photoIds),
    ]);
    return worker.session.transact('billing', (unit) => {
      unit.create(fieldReadingEntity, row);
      keepPhotos(unit);
      visitStop(unit, stop, 'no_access', row.takenAt);
      const result = {
        id: row.operationId,
        status: 'applied' as const,
        made: { readingId: row.id },
        time: row.takenAt,
      };
      logOperation(unit, worker, result);
      return result;
    });
  });
}

async function readVisit(worker: FieldWorker, operation: Visit): Promise<OperationResult | { row: FieldReadingRow }> {
  const { session, userId, timeZone } = worker;
  const { id, routeId, meterId, time, photoIds, gps, note } = operation;
  const { createdAt } = await requireOwnRoute(session, userId, routeId, { orFormer: true });
  if ((await session.get(stopEntity, { routeId, meterId }, { consistent: true })) === undefined)
    return rejected(worker, id, 'not_on_route', { detail: meterId });
  const foreign = await foreignPhoto(session, userId, photoIds);
  if (foreign !== undefined) return rejected(worker, id, 'unknown_photo', { detail: foreign });
  const { takenAt, clockDoubt } = takenTime(worker, time, createdAt);
  return {
    row: {
      id: derivedId('frd', Date.parse(takenAt), `${session.tenantId} ${userId} ${id}`),
      operationId: id,
      routeId,
      meterId,
      readerId: userId,
      takenAt,
      deviceTime: time,
      ...(clockDoubt === undefined ? {} : { clockDoubt }),
      day: localDate(Date.parse(takenAt), timeZone),
      confirmed: false,
      photoIds,
      ...(gps === undefined ? {} : { gps }),
      ...(note === undefined ? {} : { note }),
    },
  };
}

const isReadDay = async ({ session }: FieldWorker, { meterId, day }: FieldReadingRow): Promise<boolean> =>
  (await session.get(meterDayEntity, { meterId, day }, { consistent: true })) !== undefined;

function keepReading(
  worker: FieldWorker,
  { row: { meterId, day, operationId, takenAt } }: { row: FieldReadingRow },
  row: FieldReadingRow & { registerKwh: string },
): Promise<OperationResult> {
  const { session, userId } = worker;
  return retryOnChangeOrMade(async () => {
    const earlier = await earlierResult(session, userId, operationId);
    if (earlier !== undefined) return earlier;
    const [before, stop, keepPhotos] = await Promise.all([
      session.get(meterDayEntity, { meterId, day }, { consistent: true }),
      session.require(stopEntity, { routeId: row.routeId, meterId }),
      keepingPhotos(session, row.photoIds),
    ]);
    if (before !== undefined && before.candidates.length >= maxCandidates)
      return rejected(worker, operationId, 'too_many_readings');
    const after: MeterDay = { ...(before ?? { meterId, day, candidates: [] }) };
    after.candidates = addCandidate(after, {
      id: row.id,
      takenAt,
      readerId: userId,
      registerKwh: row.registerKwh,
      isRefused: row.refusal !== undefined,
      ...(row.clockDoubt === undefined ? {} : { isClockDoubtful: true }),
    });
    const result = resultOf(worker, row, before);
    return session.transact('billing', (unit) => {
      unit.create(fieldReadingEntity, row);
      keepPhotos(unit);
      if (before === undefined) unit.create(meterDayEntity, after);
      else
        unit.update(meterDayEntity, before, {
          candidates: after.candidates,
          // Who decided knew nothing of this one, which metering may have.
          ...(before.confirmedId === undefined || result.status !== 'conflict' ? {} : { isFollowed: false }),
        });
      visitStop(unit, stop, 'read', takenAt);
      logOperation(unit, worker, result);
      const standing = standingOf(after)!.id;
      unit.emit(fieldReadingRecorded, {
        aggregateId: meterId,
        payload: { ...row, isContested: result.status === 'conflict', standingId: standing },
      });
      return result;
    });
  });
}

function resultOf(
  { locale }: FieldWorker,
  row: FieldReadingRow & { registerKwh: string },
  before: MeterDay | undefined,
): OperationResult {
  const kept = { id: row.operationId, made: { readingId: row.id }, time: row.takenAt };
  const other = before?.candidates.find(({ registerKwh }) => Number(registerKwh) !== Number(row.registerKwh));
  if (other !== undefined)
    return { ...kept, status: 'conflict', rule: 'one_reading_a_day', server: { ...standingOf(before!)! } };
  if (row.refusal !== undefined)
    return { ...kept, status: 'conflict', rule: 'history_contradicts', reason: row.refusal };
  if (row.clockDoubt !== undefined)
    return {
      ...kept,
      status: 'conflict',
      rule: 'clock_doubtful',
      reason: row.clockDoubt,
      message: sayReason('clock_doubtful', locale),
    };
  return { ...kept, status: 'applied' };
}

/** A stop only ever moves on, so visits that come in out of order leave it the same. */
function visitStop(unit: UnitOfWork, stop: StoredStop, status: 'read' | 'no_access', takenAt: string): void {
  const visitedAt = stop.visitedAt !== undefined && stop.visitedAt > takenAt ? stop.visitedAt : takenAt;
  unit.update(stopEntity, stop, { status: stop.status === 'read' ? 'read' : status, visitedAt }, { isAudited: false });
}
