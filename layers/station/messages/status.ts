/** What the gateway tells of connections and devices when they change, and of itself every minute. */
import * as z from 'zod/mini';
import { envelope, identifier, reasonText, timeMs } from './envelope.ts';
import { jsonCodec } from './payload.ts';

const linkState = z.enum(['connecting', 'online', 'degraded', 'offline']);

/** Changes of state are stored and forwarded like values: none is lost. */
const statusSchema = z.object({
  ...envelope,
  changes: z
    .array(
      z.object({
        connectionId: identifier(),
        /** Left out: the connection itself. */
        deviceId: z.optional(identifier()),
        state: linkState,
        reason: z.optional(reasonText()),
        timeMs: timeMs(),
      }),
    )
    .check(z.minLength(1), z.maxLength(1000)),
});
export type StatusMessage = z.infer<typeof statusSchema>;
export type StatusChange = StatusMessage['changes'][number];
export const statusCodec = jsonCodec(statusSchema);

export const exampleStatus: StatusMessage = {
  storeId: '3f9a2c51d0e84b77',
  seq: 4713,
  changes: [
    {
      connectionId: 'rtu-1',
      deviceId: 'F3',
      state: 'offline',
      reason: 'no answer within 1000 ms',
      timeMs: 1_767_225_602_000,
    },
  ],
};

const count = () => z.number().check(z.int(), z.gte(0));

/**
 * Told while connected and never stored: it says how things are now. With `online: false` it is the last will, which the
 * broker publishes when the gateway is gone without a word.
 */
export const healthSchema = z.object({
  online: z.boolean(),
  /** Of this run of the process. */
  bootId: z.string().check(z.minLength(1), z.maxLength(64)),
  timeMs: timeMs(),
  software: z.string().check(z.maxLength(64)),
  configurationVersion: z.nullable(z.number().check(z.int(), z.gte(1))),
  startedAtMs: z.optional(timeMs()),
  process: z.optional(
    z.object({
      residentBytes: count(),
      heapBytes: count(),
      /** Share of one core since the last message, 0 to 1 and more. */
      cpuShare: z.number().check(z.gte(0)),
      /** 99th percentile since the last message. */
      eventLoopDelayMs: z.number().check(z.gte(0)),
    }),
  ),
  store: z.optional(
    z.object({
      messages: count(),
      bytes: count(),
      /** Beyond these it gives up values. */
      maxBytes: z.optional(count()),
      oldestMs: z.nullable(timeMs()),
      /** Values given up because the store was full, ever. */
      droppedValues: count(),
      state: z.enum(['ok', 'full', 'failing']),
    }),
  ),
  /** Where its data lies. */
  disk: z.optional(z.object({ freeBytes: count(), totalBytes: count() })),
  clock: z.optional(
    z.object({
      /** Ours against the best source known, milliseconds; null when there is none. */
      offsetMs: z.nullable(z.number()),
      source: z.enum(['system', 'platform', 'none']),
      jumps: count(),
      devicesOff: z.array(z.object({ deviceId: identifier(), offsetMs: z.number() })).check(z.maxLength(100)),
    }),
  ),
  connections: z.optional(
    z
      .array(z.object({ id: identifier(), state: linkState, statistics: z.record(z.string(), z.number()) }))
      .check(z.maxLength(256)),
  ),
  points: z.optional(z.object({ total: count(), good: count(), activeAlarms: count(), valuesPerSecond: z.number() })),
});
export type HealthMessage = z.infer<typeof healthSchema>;
export const healthCodec = jsonCodec(healthSchema);

export const exampleHealth: HealthMessage = {
  online: true,
  bootId: 'b7Qm2x',
  timeMs: 1_767_225_660_000,
  software: '0.1.0',
  configurationVersion: 12,
  startedAtMs: 1_767_139_200_000,
  process: { residentBytes: 92_000_000, heapBytes: 31_000_000, cpuShare: 0.04, eventLoopDelayMs: 11.2 },
  store: {
    messages: 3,
    bytes: 4_096,
    maxBytes: 1_073_741_824,
    oldestMs: 1_767_225_659_000,
    droppedValues: 0,
    state: 'ok',
  },
  disk: { freeBytes: 21_474_836_480, totalBytes: 31_138_512_896 },
  clock: { offsetMs: 12, source: 'platform', jumps: 0, devicesOff: [] },
  connections: [{ id: 'rtu-1', state: 'online', statistics: { requests: 86_400, timeouts: 2 } }],
  points: { total: 240, good: 238, activeAlarms: 1, valuesPerSecond: 42 },
};
