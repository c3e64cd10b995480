/**
 * What the broker knows about one connection: its principal, what its policies allow (remembered per
 * topic, because publishers repeat themselves), and the timers the authorizer asked for.
 */
import type { Clock, ClockTimer } from '../../runtime/types.ts';
import type { ConnectFacts, Grant } from './authorizer.ts';
import { type CompiledPolicy, compilePolicies, type PolicyAction } from './policy.ts';

const REMEMBERED_DECISIONS = 10_000;

export interface SessionOptions {
  facts: ConnectFacts;
  clock: Clock;
  /** `arn:aws:iot:<region>:<account>`. */
  arnPrefix: string;
  /** Undefined when no authorizer is declared: everything is allowed. */
  grant: Grant | undefined;
}

export class Session {
  readonly facts: ConnectFacts;
  readonly sessionId = crypto.randomUUID().replaceAll('-', '');
  readonly connectedAt: number;
  #grant: Grant | undefined;
  #policy: CompiledPolicy | undefined;
  #decisions = new Map<string, boolean>();
  readonly #timers: ClockTimer[] = [];
  readonly #clock: Clock;
  readonly #arnPrefix: string;

  constructor({ facts, clock, arnPrefix, grant }: SessionOptions) {
    this.facts = facts;
    this.connectedAt = clock.now();
    this.#clock = clock;
    this.#arnPrefix = arnPrefix;
    this.renew(grant);
  }

  get principal(): string | undefined {
    return this.#grant?.principalId;
  }

  /** Takes new policies, at connect and at every refresh. @throws PolicyError */
  renew(grant: Grant | undefined): void {
    this.#policy =
      grant &&
      compilePolicies(grant.policyDocuments, {
        'iot:ClientId': this.facts.clientId,
        'aws:SourceIp': this.facts.sourceIp,
      });
    this.#grant = grant;
    this.#decisions = new Map();
  }

  allows(action: PolicyAction, kind: 'client' | 'topic' | 'topicfilter', name: string): boolean {
    if (this.#policy === undefined) return true;
    const key = `${action} ${name}`;
    let decision = this.#decisions.get(key);
    if (decision === undefined) {
      decision = this.#policy.allows(action, `${this.#arnPrefix}:${kind}/${name}`);
      if (this.#decisions.size >= REMEMBERED_DECISIONS) this.#decisions.clear();
      this.#decisions.set(key, decision);
    }
    return decision;
  }

  /** Starts the limits of the grant: refreshes repeat, the disconnect happens once. */
  startTimers(onRefresh: () => void, onDisconnect: () => void): void {
    if (this.#grant === undefined) return;
    const { refreshAfterSeconds, disconnectAfterSeconds } = this.#grant;
    this.#timers[0] = this.#clock.setTimer(disconnectAfterSeconds * 1_000, onDisconnect);
    const armRefresh = (): void => {
      this.#timers[1] = this.#clock.setTimer(refreshAfterSeconds * 1_000, () => {
        armRefresh();
        onRefresh();
      });
    };
    armRefresh();
  }

  stopTimers(): void {
    for (const timer of this.#timers) timer.cancel();
  }
}
