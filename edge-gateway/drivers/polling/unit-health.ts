/**
 * Whether a device answers. One that does not is left alone for a while, growing, and then asked a single question: so a
 * dead device costs its neighbours on the line a time-out now and then, and not half of the line.
 */
import type { LinkState } from '../../runtime/driver.ts';

export interface HealthSettings {
  backOffMinMs: number;
  backOffMaxMs: number;
}

/** Time-outs in a row that make a device offline; one alone may be noise on the line. */
const toleratedFailures = 1;

export class UnitHealth {
  readonly #settings: HealthSettings;
  #failures = 0;
  #blockedUntilMs = Number.NEGATIVE_INFINITY;
  #state: LinkState = 'connecting';

  constructor(settings: HealthSettings) {
    this.#settings = settings;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** `probe`: ask one thing, and the rest once that was answered. */
  mode(nowMs: number): 'ask' | 'probe' | 'wait' {
    if (this.#failures <= toleratedFailures) return 'ask';
    return nowMs >= this.#blockedUntilMs ? 'probe' : 'wait';
  }

  /** @returns whether the state changed */
  succeeded(): boolean {
    this.#failures = 0;
    return this.#become('online');
  }

  failed(nowMs: number): boolean {
    this.#failures += 1;
    if (this.#failures <= toleratedFailures) return this.#become('degraded');
    const waitMs = this.#settings.backOffMinMs * 2 ** Math.min(this.#failures - toleratedFailures - 1, 20);
    this.#blockedUntilMs = nowMs + Math.min(waitMs, this.#settings.backOffMaxMs);
    return this.#become('offline');
  }

  /** The line itself is gone; the device may be asked as soon as it is back. */
  lineLost(): boolean {
    this.#failures = 0;
    return this.#become('offline');
  }

  #become(state: LinkState): boolean {
    if (this.#state === state) return false;
    this.#state = state;
    return true;
  }
}
