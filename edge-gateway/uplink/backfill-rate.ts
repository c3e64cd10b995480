/** Bounds what catching up takes of the uplink: so many messages and bytes a second, with a second's worth at once. */
import type { Clock } from '../runtime/clock.ts';

export interface BackfillRate {
  /** Milliseconds until a message of so many bytes may go; 0 takes it off the account. */
  take(bytes: number): number;
  set(messagesPerSecond: number, bytesPerSecond: number): void;
}

export function createBackfillRate(clock: Clock, messagesPerSecond: number, bytesPerSecond: number): BackfillRate {
  let perSecond = { messages: messagesPerSecond, bytes: bytesPerSecond };
  // May fall below zero: a message larger than a second's worth goes, and the next waits for it.
  let left = { messages: Math.max(1, messagesPerSecond), bytes: bytesPerSecond };
  let atMs = clock.monotonicMs();
  return {
    take(bytes) {
      const nowMs = clock.monotonicMs();
      const seconds = (nowMs - atMs) / 1000;
      atMs = nowMs;
      left = {
        messages: Math.min(Math.max(1, perSecond.messages), left.messages + seconds * perSecond.messages),
        bytes: Math.min(perSecond.bytes, left.bytes + seconds * perSecond.bytes),
      };
      const waitSeconds = Math.max((1 - left.messages) / perSecond.messages, (1 - left.bytes) / perSecond.bytes);
      if (waitSeconds > 1e-9) return Math.max(1, Math.ceil(waitSeconds * 1000));
      left.messages -= 1;
      left.bytes -= bytes;
      return 0;
    },
    set(messages, bytes) {
      perSecond = { messages, bytes };
    },
  };
}
