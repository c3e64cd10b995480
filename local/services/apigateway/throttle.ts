/**
 * The token bucket with which API Gateway limits requests of a route.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
import type { RouteLimits, Stage } from './model.ts';

export class Throttle {
  readonly #limits: RouteLimits;
  #tokens: number;
  #filledAt: number;

  constructor(limits: RouteLimits, now: number) {
    this.#limits = limits;
    this.#tokens = limits.burst;
    this.#filledAt = now;
  }

  /** Takes one token; false means 429. */
  admit(now: number): boolean {
    const { burst, ratePerSecond } = this.#limits;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * ratePerSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Whether the stage's limits let this request of the route through. */
export function admit(stage: Stage, routeKey: string, now: number): boolean {
  let throttle = stage.throttles.get(routeKey);
  if (!throttle) {
    const limits = stage.routeLimits.get(routeKey) ?? stage.defaultLimits;
    if (!limits) return true;
    throttle = new Throttle(limits, now);
    stage.throttles.set(routeKey, throttle);
  }
  return throttle.admit(now);
}
