/** What a simulated provider is. They are written from the providers' documentation and share nothing with the adapters. */

export interface SimRequest {
  method: string;
  /** After the provider's own prefix. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  json(): any;
  form(): URLSearchParams;
}

export interface SimAnswer {
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
}

/** How a provider refuses: each in its own words. */
export const refusals = ['reject', 'unauthorized', 'rate_limited', 'error'] as const;
export type Refusal = (typeof refusals)[number];

/** `lose_answer` acts and hangs up; `hang` never answers; `huge` answers more than anybody should read. */
export const modes = ['ok', ...refusals, 'hang', 'garbage', 'huge', 'lose_answer'] as const;
export type Mode = (typeof modes)[number];

export interface Notification {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface NotificationInput {
  id: string;
  status?: string;
  text?: string;
  from?: string;
  type?: string;
}

export interface World {
  /** The address of this provider, e.g. `http://127.0.0.1:4600/stripe`. */
  url: string;
  now(): number;
  /** Keeps what was done, such as a payment, a message or a token. */
  record(kind: string, data: Record<string, unknown>): void;
}

export interface Simulator {
  provider: string;
  /** The settings of an integration that talks to this simulator; credentials are made up and good nowhere else. */
  settings: Record<string, string>;
  /** undefined: there is no such path. */
  answer(request: SimRequest): SimAnswer | undefined;
  failure(kind: Refusal): SimAnswer;
  /** Requests that failure modes spare, such as those for a token. */
  isPreliminary?(request: SimRequest): boolean;
  /** What a payer does at the provider's own page. @param amount other than was asked for, where the provider allows it */
  payerActs?(id: string, outcome: 'pays' | 'authorises' | 'declines', amount?: string): void;
  /** A notification as the provider would send it, signed. */
  notification?(input: NotificationInput & { url: string }): Notification;
  /** Where a notification goes below the address the provider was given. @default that address */
  callbackAddress?(url: string, input: NotificationInput): string;
}

export type CreateSimulator = (world: World) => Simulator;
