/**
 * Rolling firmware out: devices ask, and are offered what is meant for them; nothing is pushed to a fleet. How updates end
 * is counted once per device, and too many failures pause the rollout before the rest of the fleet asks.
 */
import { createHash } from 'node:crypto';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { endAlert, raiseAlert } from '../../platform/contract.ts';
import { firmwareReported } from './device-events.ts';
import type { Device, DeviceState } from './device-schema.ts';
import {
  type Firmware,
  firmwareEntity,
  type Rollout,
  type RolloutDevice,
  rolloutCountsEntity,
  rolloutDeviceEntity,
  rolloutEntity,
} from './firmware-entity.ts';

export type StoredRollout = Rollout & Stored;
/** More than these at once for one model are nobody’s plan. */
const maxRunning = 20;

export async function startRollout(
  session: TenantSession,
  order: Omit<Rollout, 'id' | 'model' | 'firmwareVersion' | 'status' | 'pausedFor'>,
): Promise<StoredRollout> {
  const { model, firmwareVersion, status } = await session.require(firmwareEntity, { id: order.firmwareId });
  if (status !== 'released')
    throw new AppError('conflict', undefined, {
      texts: { en: 'Only released firmware is rolled out.', ar: 'لا تُنشر إلا البرمجيات المعتمدة.' },
    });
  const rollout: Rollout = { ...order, id: newId('rol'), model, firmwareVersion, status: 'running' };
  return session.transact('metering', (unit) => unit.create(rolloutEntity, rollout));
}

/** The alert of a rollout that paused itself; over when a person decides how it goes on. */
const failingKey = (rolloutId: string): string => `rollout-failing/${rolloutId}`;

export type RolloutChanges = Partial<Pick<Rollout, 'status' | 'percent' | 'maxFailurePercent' | 'minEnded'>>;

export const changeRollout = (
  session: TenantSession,
  id: string,
  { status, ...changes }: RolloutChanges,
): Promise<StoredRollout> =>
  retryOnChange(async () => {
    const before = await session.require(rolloutEntity, { id });
    if (before.status === 'cancelled')
      throw new AppError('conflict', undefined, {
        texts: { en: 'The rollout was cancelled.', ar: 'أُلغي النشر.' },
      });
    const pausedFor = status === 'paused' ? ('person' as const) : null;
    const goesOn = before.status === 'paused' && status === 'running';
    const acceptedFailures = goesOn ? (await countsOf(session, id)).failed : undefined;
    return session.transact('metering', (unit) => {
      if (before.pausedFor === 'failures' && status !== undefined)
        endAlert(unit, failingKey(id), `A person decided: ${status}.`);
      return unit.update(rolloutEntity, before, {
        ...changes,
        ...(status === undefined ? {} : { status, pausedFor }),
        ...(acceptedFailures ? { acceptedFailures } : {}),
      });
    });
  });

export async function countsOf(session: TenantSession, rolloutId: string) {
  const { installed = 0, failed = 0 } =
    (await session.get(rolloutCountsEntity, { rolloutId }, { consistent: true })) ?? {};
  return { installed: Number(installed), failed: Number(failed) };
}

/** Where a device stands in a rollout, 0 to 99: the same for ever, evenly spread. */
export const placeInRollout = (rolloutId: string, deviceId: string): number =>
  createHash('sha256').update(`${rolloutId} ${deviceId}`).digest().readUInt32BE(0) % 100;

/** What is meant for a device: of the running rollouts of its model the newest that includes it, unless it failed there. */
export async function offerFor(
  session: TenantSession,
  { id, model, group }: Device,
  { firmwareVersion }: DeviceState,
): Promise<{ rollout: Rollout; firmware: Firmware } | undefined> {
  const { items } = await session.query<StoredRollout>(rolloutEntity, {
    index: 'gsi2',
    pk: ['ROLLOUTS-OF', model],
    order: 'descending',
    limit: maxRunning,
  });
  const meant = items.find(
    (rollout) =>
      (rollout.group === undefined || rollout.group === group) && placeInRollout(rollout.id, id) < rollout.percent,
  );
  if (meant === undefined || meant.firmwareVersion === firmwareVersion) return undefined;
  const [ended, firmware, rollout] = await Promise.all([
    session.get(rolloutDeviceEntity, { rolloutId: meant.id, deviceId: id }, { consistent: true }),
    session.get(firmwareEntity, { id: meant.firmwareId }, { consistent: true }),
    // The index lags: a rollout that was just paused must not offer.
    session.get(rolloutEntity, { id: meant.id }, { consistent: true }),
  ]);
  if (ended?.outcome === 'failed' || firmware?.status !== 'released' || rollout?.status !== 'running') return undefined;
  return { rollout, firmware };
}

/** Counts how the update of a device ended; a repetition counts for nothing. A late success after a failure stays a failure. */
export async function countOutcome(session: TenantSession, outcome: RolloutDevice): Promise<void> {
  const { rolloutId, deviceId, outcome: state, error } = outcome;
  const rollout = await session.get(rolloutEntity, { id: rolloutId }, { consistent: true });
  // A device can name anything; what is no rollout of the tenant is told by nobody.
  if (rollout === undefined) return;
  try {
    await session.transact('metering', (unit) => {
      unit.create(rolloutDeviceEntity, outcome);
      unit.add(rolloutCountsEntity, { rolloutId }, { [state]: 1n }, { rolloutId });
      unit.emit(firmwareReported, {
        aggregateId: deviceId,
        payload: {
          deviceId,
          rolloutId,
          firmwareId: rollout.firmwareId,
          state,
          ...(error === undefined ? {} : { error }),
        },
      });
    });
  } catch (thrown) {
    if (!isAppError(thrown) || thrown.code !== 'already_exists') throw thrown;
  }
  // Also after a repetition: the first may have died before it looked. And after a success, which may be the one that
  // makes the ended updates enough to judge by.
  await pauseWhenTooManyFail(session, rolloutId);
}

function pauseWhenTooManyFail(session: TenantSession, id: string): Promise<void> {
  return retryOnChange(async () => {
    const [rollout, { installed, failed }] = await Promise.all([
      session.require(rolloutEntity, { id }),
      countsOf(session, id),
    ]);
    const ended = installed + failed;
    if (rollout.status !== 'running' || ended < rollout.minEnded) return;
    if (failed <= (rollout.acceptedFailures ?? 0)) return;
    if (failed * 100 <= rollout.maxFailurePercent * ended) return;
    await session.transact('metering', (unit) => {
      unit.update(rolloutEntity, rollout, { status: 'paused', pausedFor: 'failures' });
      raiseAlert(unit, {
        alertType: 'system',
        severity: 'error',
        title: {
          en: `Updates to ${rollout.firmwareVersion} of ${rollout.model} fail; the rollout is paused`,
          ar: `تفشل تحديثات ${rollout.model} إلى ${rollout.firmwareVersion}؛ أُوقف النشر مؤقتًا`,
        },
        sourceSystem: 'metering',
        alertData: { rolloutId: id, failed, installed },
        dedupeKey: failingKey(id),
      });
    });
  });
}
