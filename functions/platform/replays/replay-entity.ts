/** A replay job: a range of the event log on its way to one endpoint or subscription, step by step. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { OutgoingMessage } from '../../../layers/kernel/queues/send-messages.ts';
import { replayLane } from '../lanes/lane-entity.ts';
import type { Position } from '../timeline/timeline.ts';

export const replaysQueue = 'webhook-replays';

export interface ReplayJob {
  id: string;
  /** The endpoint it goes to; absent for a queue or a function. */
  webhookId?: string;
  /** Only what this subscription asks for. */
  subscriptionId?: string;
  mode: 'replay' | 'recover';
  from: string;
  to: string;
  types?: string[];
  status: 'queued' | 'running' | 'completed' | 'cancelled' | 'failed';
  /** Steps that are done. */
  page?: number;
  eventsRead: number;
  eventsQueued: number;
  /** The last event read. */
  position?: Position;
  errorMessage?: string;
  createdBy: string;
  finishedAt?: string;
}

export type StoredReplayJob = ReplayJob & Stored;

export const replaysPartition = ['REPLAYS'] as const;

export const replayEntity = defineEntity<ReplayJob>()({
  name: 'replay',
  table: 'platform',
  key: ({ id }) => ({ pk: replaysPartition, sk: [id] }),
  idOf: ({ id }) => id,
});

/** Asks a worker for a step. */
export interface ReplayStep {
  tenantId: string;
  jobId: string;
  /** Which one, by the steps before it. */
  page: number;
}

export const encodeStep = (step: ReplayStep, delaySeconds = 0): OutgoingMessage => ({
  body: JSON.stringify(step),
  delaySeconds,
});
export const decodeStep = (body: string): ReplayStep => JSON.parse(body) as ReplayStep;

const lanePrefix = replayLane('');

/** Whether a lane belongs to a replay that somebody cancelled. */
export async function isCancelled(session: TenantSession, lane: string): Promise<boolean> {
  if (!lane.startsWith(lanePrefix)) return false;
  const job = await session.get(replayEntity, { id: lane.slice(lanePrefix.length) });
  return job?.status === 'cancelled';
}
