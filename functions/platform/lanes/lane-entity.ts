/**
 * A lane: the messages of one endpoint that must arrive one after the other, those of one aggregate or of one replay.
 * The rows are its queue, in order of event time; the state says who works on it.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { OutgoingMessage } from '../../../layers/kernel/queues/send-messages.ts';
import { hopDelaySeconds } from '../../../layers/webhooks/retry-schedule.ts';
import { encodeJson } from '../deliveries/delivery-message.ts';

export const lanesQueue = 'webhook-lanes';

export interface LaneKey {
  webhookId: string;
  /** `aggregate/<type>/<id>` or `replay/<job>` */
  lane: string;
}

export interface LaneItem extends LaneKey {
  eventTime: string;
  messageId: string;
  /** Not sent before, in milliseconds: events that overtook each other on the bus get time to be put in order. */
  settledAtMs: number;
  /** A DeliveryMessage as JSON. */
  message: string;
  retainUntil: number;
}

export const laneItemEntity = defineEntity<
  LaneItem,
  Pick<LaneItem, 'webhookId' | 'lane' | 'eventTime' | 'messageId'>
>()({
  name: 'lane item',
  table: 'platform',
  key: ({ webhookId, lane, eventTime, messageId }) => ({
    pk: ['LANE', webhookId, lane],
    sk: ['ITEM', eventTime, messageId],
  }),
  idOf: ({ messageId }) => messageId,
  expiresAt: ({ retainUntil }) => retainUntil,
});

export interface LaneState extends LaneKey {
  owner?: string;
  leaseUntilMs?: number;
  /** Nothing may be sent before: the head waits for its retry. */
  waitingUntilMs?: number;
  /** Rung by tokens that find the lane in work: there is more. */
  bell?: number;
  /** Message that has a place in the endpoint's rate limit. */
  slotFor?: string;
}

export const laneStateEntity = defineEntity<LaneState, LaneKey>()({
  name: 'lane state',
  table: 'platform',
  key: ({ webhookId, lane }) => ({ pk: ['LANE', webhookId, lane], sk: ['STATE'] }),
  idOf: ({ lane }) => lane,
});

/** Asks a worker to look at a lane. */
export interface LaneToken extends LaneKey {
  tenantId: string;
  dueAtMs?: number;
}

export function encodeToken(token: LaneToken, nowMs: number): OutgoingMessage {
  return {
    body: encodeJson(token),
    delaySeconds: token.dueAtMs === undefined ? 0 : hopDelaySeconds(token.dueAtMs, nowMs),
  };
}

export const decodeToken = (body: string): LaneToken => JSON.parse(body) as LaneToken;

/** Lanes are given up with the deliveries they would make. */
export const laneRetentionSeconds = 30 * 86_400;

/** Ordered endpoints get an event this long after it came, so that one that was overtaken can still go first. */
export const settleMs = 2000;

export const aggregateLane = (aggregateType: string, aggregateId: string): string =>
  `aggregate/${aggregateType}/${aggregateId}`;
export const replayLane = (jobId: string): string => `replay/${jobId}`;
