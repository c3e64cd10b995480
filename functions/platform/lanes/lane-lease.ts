/**
 * One worker per lane. A worker that finds the lane taken rings its bell and leaves; the owner looks at the bell before
 * it lets go, so no message is left behind, and a dead owner's lease runs out before its token comes back.
 */
import { randomUUID } from 'node:crypto';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { type LaneKey, type LaneState, laneRetentionSeconds, laneStateEntity } from './lane-entity.ts';

/** Longer than the function may run, shorter than the queue hides its token. */
const leaseMs = 90_000;

export interface Lease {
  owner: string;
  bell: number;
  /** The message whose place in the endpoint's rate limit was taken before the lane had to wait for it. */
  slotFor: string | undefined;
}

export interface Pause {
  untilMs: number;
  slotFor?: string;
}

/** @returns the lease, or undefined when another worker has the lane and knows of the caller's message, or the lane waits */
export async function takeLane(session: TenantSession, key: LaneKey): Promise<Lease | undefined> {
  const owner = randomUUID();
  for (;;) {
    const nowMs = Date.now();
    const taken = await updateAtomically(session, laneStateEntity, key, {
      update:
        'SET #owner = :owner, leaseUntilMs = :until, bell = if_not_exists(bell, :zero), expiresAt = :expires REMOVE waitingUntilMs',
      condition:
        '(attribute_not_exists(leaseUntilMs) OR leaseUntilMs < :now) AND (attribute_not_exists(waitingUntilMs) OR waitingUntilMs <= :now)',
      names: { '#owner': 'owner' },
      values: {
        ':owner': owner,
        ':until': nowMs + leaseMs,
        ':zero': 0,
        ':now': nowMs,
        ':expires': Math.floor(nowMs / 1000) + laneRetentionSeconds,
      },
    });
    if (taken) return { owner, bell: taken.bell ?? 0, slotFor: taken.slotFor };
    const rung = await updateAtomically(session, laneStateEntity, key, {
      update: 'SET bell = bell + :one',
      condition: 'leaseUntilMs >= :now',
      values: { ':one': 1, ':now': nowMs },
    });
    if (rung) return undefined;
    const state = await session.get(laneStateEntity, key, { consistent: true });
    // Whoever made the lane wait has queued a token for its end.
    if ((state?.waitingUntilMs ?? 0) > nowMs) return undefined;
  }
}

/** Lets an empty lane go. @returns the present bell when it was rung meanwhile: look again */
export async function releaseLane(session: TenantSession, key: LaneKey, lease: Lease): Promise<number | undefined> {
  const released = await updateAtomically(session, laneStateEntity, key, {
    update: 'REMOVE leaseUntilMs, #owner',
    condition: '#owner = :owner AND bell = :bell',
    names: { '#owner': 'owner' },
    values: { ':owner': lease.owner, ':bell': lease.bell },
  });
  if (released) return undefined;
  const state: LaneState | undefined = await session.get(laneStateEntity, key, { consistent: true });
  return state?.owner === lease.owner ? (state.bell ?? 0) : undefined;
}

/** Lets a lane go that is not empty; the caller has queued a token for it before. */
export async function parkLane(
  session: TenantSession,
  key: LaneKey,
  lease: Lease,
  pause: Pause | undefined,
): Promise<void> {
  await updateAtomically(session, laneStateEntity, key, {
    update:
      pause === undefined
        ? 'REMOVE leaseUntilMs, #owner'
        : `SET waitingUntilMs = :waiting${pause.slotFor === undefined ? '' : ', slotFor = :slotFor'} REMOVE leaseUntilMs, #owner`,
    condition: '#owner = :owner',
    names: { '#owner': 'owner' },
    values: {
      ':owner': lease.owner,
      ...(pause === undefined ? {} : { ':waiting': pause.untilMs }),
      ...(pause?.slotFor === undefined ? {} : { ':slotFor': pause.slotFor }),
    },
  });
}
