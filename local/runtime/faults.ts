/**
 * Faults on demand, so that tests prove what at-least-once means. A rule says where, what, how often;
 * services ask at the point where AWS could misbehave. Without rules nothing is ever injected.
 */

/** Points where a service asks for a fault; each is a misbehaviour AWS documents as possible. */
export const faultPoints = [
  'sqs.duplicate', // a standard queue delivers a message twice
  'sqs.reorder', // messages arrive in another order
  'lambda.crash', // the function dies before it runs
  'lambda.crash-after', // the function dies after its work, before its answer counts
  'lambda.timeout', // the function never answers within its time
  'lambda.throttle', // 429, concurrency reached
  'dynamodb.throttle', // ProvisionedThroughputExceededException
  'dynamodb.transaction-conflict', // TransactionCanceledException with TransactionConflict
  'dynamodb.unprocessed', // a batch write or get leaves items unprocessed
  'events.duplicate', // the bus delivers an event twice
  'events.delay', // the bus delivers an event late (and so reordered)
  'stream.duplicate', // a stream batch is delivered twice
  'iot.duplicate', // QoS 1 redelivery
  'http.latency',
] as const;

export type FaultPoint = (typeof faultPoints)[number];

export interface FaultRule {
  point: FaultPoint;
  /** 0 to 1. */
  probability: number;
  /** Only for resources whose name or ARN contains this text. */
  resource?: string;
  /** Stop after this many injections. @default no limit */
  limit?: number;
  /** For delays. @default 0 */
  delayMs?: number;
}

export class FaultInjector {
  #rules: { rule: FaultRule; injected: number }[] = [];
  #random: () => number = Math.random;

  /** Replaces all rules; the seed makes a run repeatable. */
  use(rules: FaultRule[], seed?: number): void {
    this.#rules = rules.map((rule) => ({ rule, injected: 0 }));
    this.#random = seed === undefined ? Math.random : mulberry32(seed);
  }

  clear(): void {
    this.#rules = [];
  }

  /** How often each rule struck, for tests to assert that faults really happened. */
  injected(point: FaultPoint): number {
    return this.#rules.filter(({ rule }) => rule.point === point).reduce((sum, { injected }) => sum + injected, 0);
  }

  /** The rule that strikes at this point for this resource now, if any. */
  strike(point: FaultPoint, resource: string): FaultRule | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (rule.point !== point) continue;
      if (rule.resource !== undefined && !resource.includes(rule.resource)) continue;
      if (rule.limit !== undefined && entry.injected >= rule.limit) continue;
      if (this.#random() >= rule.probability) continue;
      entry.injected += 1;
      return rule;
    }
    return undefined;
  }

  /** A random number in [0, 1) from the injector's seed, for services that shuffle. */
  random(): number {
    return this.#random();
  }
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
