/**
 * Forgets the subscriptions and waiting messages of devices that stay away for longer than the
 * session expiry, one hour by default.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt-persistent-sessions
 */
import type { Clock, ClockTimer } from '../../runtime/types.ts';

const EXPIRY_MS = 3_600_000;

export class PersistentSessions {
  readonly #clock: Clock;
  readonly #forget: (clientId: string) => void;
  readonly #away = new Map<string, ClockTimer>();

  constructor(clock: Clock, forget: (clientId: string) => void) {
    this.#clock = clock;
    this.#forget = forget;
  }

  left(clientId: string): void {
    this.resumed(clientId);
    const expire = (): void => {
      this.#away.delete(clientId);
      this.#forget(clientId);
    };
    this.#away.set(clientId, this.#clock.setTimer(EXPIRY_MS, expire));
  }

  resumed(clientId: string): void {
    this.#away.get(clientId)?.cancel();
    this.#away.delete(clientId);
  }

  stop(): void {
    for (const timer of this.#away.values()) timer.cancel();
    this.#away.clear();
  }
}
