/** Where a simulated provider notifies, as one would type it into the provider's console, and how a notification goes out. */
import type { Notification, NotificationInput, SimAnswer, Simulator } from './types.ts';

export interface Callback {
  /** The address the provider was given; some providers sign it. */
  url: string;
  /** Origin to send to where it is not the address's own: a platform on this machine calls itself `https` and speaks plain HTTP. */
  origin?: string;
  /** Sent along, such as a token that the receiver wants in a header. */
  headers?: Record<string, string>;
}

const shownLength = 2_000;
const timeoutMs = 15_000;

/** The notification that goes to the callback, signed for the callback's address. */
export function addressed(simulator: Simulator, callback: Callback, input: NotificationInput): Notification {
  const url = simulator.callbackAddress?.(callback.url, input) ?? callback.url;
  const notification = simulator.notification!({ ...input, url });
  return { ...notification, headers: { ...notification.headers, ...callback.headers } };
}

/** @returns what the receiver answered; 502 when it could not be reached */
export async function deliver({ url, method, headers, body }: Notification, origin?: string): Promise<SimAnswer> {
  const target = new URL(url);
  if (origin !== undefined) Object.assign(target, partsOf(origin));
  try {
    const answer = await fetch(target, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { json: { status: answer.status, body: (await answer.text()).slice(0, shownLength) } };
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message ? cause.message : message;
    return { status: 502, json: { error: `${target.origin} could not be notified: ${reason}` } };
  }
}

const partsOf = (origin: string) => {
  const { protocol, host } = new URL(origin);
  return { protocol, host };
};
