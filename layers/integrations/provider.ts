/**
 * The contract between the integrations engine and an adapter of a provider. An adapter knows one provider's wire format and
 * nothing else: it is given its settings with secrets opened, a guarded way out, and a clock; it answers in the field's words
 * or throws a `ProviderError` that says whether the provider may have acted. Retries, fallback, circuit breakers, logs,
 * masking and tenants are the engine's.
 */
import type { Duplex } from 'node:stream';
import type { Money } from '../money/money.ts';

export const providerKinds = [
  'payment',
  'sms',
  'whatsapp',
  'email',
  'push',
  'calendar',
  'chat',
  'health_platform',
  'insurance',
  'meter_platform',
  'vending',
  'http',
  'mqtt',
] as const;
export type ProviderKind = (typeof providerKinds)[number];

export interface Bilingual {
  en: string;
  ar: string;
}

/** One setting of a provider, as documents 000 and 003 name it: a row of `integration_configs`. */
export interface SettingSpec {
  key: string;
  valueType: 'string' | 'number' | 'boolean' | 'json';
  /** Encrypted, shown masked, never logged. */
  isSecret: boolean;
  isRequired: boolean;
  label: Bilingual;
  default?: string;
  /** Checked before it is stored; anchored. */
  pattern?: RegExp;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** @default 10,000 */
  timeoutMs?: number;
}

export interface HttpAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

export interface ProviderContext {
  /** By key; secrets in clear. Never kept, never logged. */
  settings: Readonly<Record<string, string>>;
  environment: 'production' | 'staging' | 'development';
  /** The only way out: guarded against private addresses, bounded in time and size, logged with secrets removed. @throws ProviderError `unreachable` or `no_answer` */
  http(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * A plain TCP connection out for protocols that are not HTTP (SMTP, MQTT), guarded like `http`; TLS on top of it is the
   * adapter's own. Missing where a runtime lets nothing but HTTP out. @throws ProviderError `unreachable`
   */
  connect?(target: { host: string; port: number }): Promise<Duplex>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * - `configuration`: credentials or settings are wrong; trying again is useless until somebody changes them
 * - `rejected`: the provider understood and refused; nothing happened
 * - `rate_limited`, `unavailable`: nothing happened; may be tried again, later or elsewhere
 * - `unreachable`: nothing was sent
 * - `no_answer`, `unreadable_answer`: it was sent, and the provider may have acted
 */
export const providerErrorCodes = [
  'configuration',
  'rejected',
  'rate_limited',
  'unavailable',
  'unreachable',
  'no_answer',
  'unreadable_answer',
] as const;
export type ProviderErrorCode = (typeof providerErrorCodes)[number];

export class ProviderError extends Error {
  readonly code: ProviderErrorCode;
  /** The provider's own code, e.g. Twilio's 21211. */
  readonly providerCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ProviderErrorCode,
    message: string,
    more: { providerCode?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'ProviderError';
    this.code = code;
    this.providerCode = more.providerCode;
    this.retryAfterMs = more.retryAfterMs;
  }

  /** Whether the provider may have done what was asked although no good answer came. */
  get mayHaveActed(): boolean {
    return this.code === 'no_answer' || this.code === 'unreadable_answer';
  }
}

export interface Delivery {
  providerReference: string;
  status: 'accepted' | 'sent' | 'delivered' | 'failed';
}

export interface PaymentOrder {
  /** Ours; given to the provider as its idempotency key wherever it has one. */
  reference: string;
  amount: Money;
  description: string;
  returnUrl?: string;
  cancelUrl?: string;
  customer?: { name?: string; phone?: string; email?: string };
}

export interface ProviderPayment {
  providerReference: string;
  status: 'pending' | 'authorised' | 'captured' | 'failed' | 'cancelled' | 'refunded' | 'partially_refunded';
  /** Where the payer goes on. */
  redirectUrl?: string;
  /** What the provider says was paid, when it says so. */
  amount?: Money;
}

export interface PaymentOperations {
  create(order: PaymentOrder): Promise<ProviderPayment>;
  /** Asks the provider; the only proof of a payment besides a verified notification. */
  verify(providerReference: string, order: PaymentOrder): Promise<ProviderPayment>;
  /** What became of an order whose answer was lost; undefined: the provider knows no such reference. */
  find?(order: PaymentOrder): Promise<ProviderPayment | undefined>;
  capture?(providerReference: string, amount: Money, reference: string): Promise<ProviderPayment>;
  refund?(providerReference: string, amount: Money, reference: string): Promise<ProviderPayment>;
}

export interface TextMessage {
  /** E.164. */
  to: string;
  text: string;
  reference: string;
}

export interface EmailMessage {
  to: string[];
  cc?: string[];
  subject: string;
  text: string;
  html?: string;
  replyTo?: string;
  attachments?: { filename: string; contentType: string; content: Uint8Array }[];
  reference: string;
}

export interface KindOperations {
  payment: PaymentOperations;
  sms: { send(message: TextMessage): Promise<Delivery>; status?(providerReference: string): Promise<Delivery> };
  whatsapp: {
    sendText(message: TextMessage): Promise<Delivery>;
    sendTemplate(message: {
      to: string;
      template: string;
      language: string;
      /** Of the body, in order. */
      parameters: string[];
      /** Of a template whose header is a document: what was uploaded, or an address everybody can read. */
      document?: { mediaId?: string; url?: string; filename: string };
      reference: string;
    }): Promise<Delivery>;
    sendMedia(message: {
      to: string;
      kind: 'image' | 'document' | 'audio' | 'video';
      url?: string;
      mediaId?: string;
      caption?: string;
      filename?: string;
      reference: string;
    }): Promise<Delivery>;
    uploadMedia?(media: { contentType: string; filename: string; content: Uint8Array }): Promise<{ mediaId: string }>;
  };
  email: { send(message: EmailMessage): Promise<Delivery> };
  push: {
    send(message: {
      token?: string;
      topic?: string;
      title: string;
      body: string;
      data?: Record<string, string>;
      reference: string;
    }): Promise<Delivery>;
  };
  calendar: {
    createEvent(event: CalendarEvent): Promise<{ providerReference: string }>;
    updateEvent(providerReference: string, event: CalendarEvent): Promise<void>;
    deleteEvent(providerReference: string): Promise<void>;
    listEvents(range: { from: string; to: string }): Promise<(CalendarEvent & { providerReference: string })[]>;
  };
  chat: { post(message: { text: string; channel?: string; reference: string }): Promise<Delivery> };
  health_platform: { call(request: GenericCall): Promise<GenericAnswer> };
  insurance: { call(request: GenericCall): Promise<GenericAnswer> };
  meter_platform: {
    readMeter(
      meterId: string,
    ): Promise<{ meterId: string; time: string; registerKwh: string; data: Record<string, unknown> }>;
    command(command: {
      meterId: string;
      stationId?: string;
      command: 'relay_on' | 'relay_off' | 'set_tariff';
      tariffId?: string;
      reference: string;
    }): Promise<Delivery>;
  };
  vending: VendingOperations;
  http: { call(request: GenericCall): Promise<GenericAnswer> };
  mqtt: {
    publish(message: {
      topic: string;
      payload: string;
      qos: 0 | 1;
      retain?: boolean;
      reference: string;
    }): Promise<Delivery>;
  };
}

export interface CalendarEvent {
  title: string;
  description?: string;
  /** RFC 3339. */
  start: string;
  end: string;
  timeZone?: string;
  attendees?: string[];
}

export interface GenericCall {
  operation: string;
  parameters: Record<string, unknown>;
  reference: string;
}

export interface GenericAnswer {
  status: number;
  data: unknown;
}

/** Tokens of prepayment meters (IEC 62055-41), made by a vending server. */
export interface VendingOperations {
  credit(order: { meterNumber: string; amount?: Money; energyKwh?: string; reference: string }): Promise<VendingToken>;
  clearCredit(order: { meterNumber: string; reference: string }): Promise<VendingToken>;
  clearTamper(order: { meterNumber: string; reference: string }): Promise<VendingToken>;
  setPowerLimit(order: { meterNumber: string; limitW: number; reference: string }): Promise<VendingToken>;
  changeKey(order: {
    meterNumber: string;
    supplyGroupCode: string;
    keyRevision: number;
    tariffIndex: string;
    reference: string;
  }): Promise<VendingToken>;
  test(order: { meterNumber: string; test: number; reference: string }): Promise<VendingToken>;
  reverse?(order: { providerReference: string; reference: string }): Promise<{ reversed: boolean }>;
  /** What became of an order whose answer was lost. */
  find(reference: string): Promise<VendingToken | undefined>;
}

export interface VendingToken {
  providerReference: string;
  /** Twenty digits each; a key change has several. */
  tokens: string[];
  energyKwh?: string;
  amount?: Money;
}

/** What a provider tells us by itself, once its signature was checked. */
export interface InboundEvent {
  /** The provider's own id of it: the same one is taken once. */
  id: string;
  type: 'payment' | 'delivery' | 'message' | 'meter_reading' | 'meter_alert' | 'meter_status' | 'other';
  occurredAt?: string;
  data: Record<string, unknown>;
}

export interface InboundRequest {
  method: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  query: Record<string, string>;
  /** Exactly as received: signatures are over bytes. */
  rawBody: Uint8Array;
  /** The address the provider was given, as it was called. */
  url: string;
}

export interface ProviderDefinition<K extends ProviderKind = ProviderKind> {
  /** Unique, e.g. `twilio`. */
  provider: string;
  kind: K;
  name: Bilingual;
  category: 'local' | 'international';
  authType: 'api_key' | 'oauth2' | 'basic' | 'hmac' | 'none';
  /** The public document the adapter was written from; undefined: none is published, and the adapter is configuration. */
  documentation?: string;
  settings: readonly SettingSpec[];
  /**
   * Operations that act once however often they are called with the same reference: the provider knows the key. After
   * `no_answer` they may be repeated at this provider, and nowhere else.
   * @default none
   */
  retrySafe?: readonly string[];
  /** The cheapest call that proves address and credentials; changes nothing. @throws ProviderError */
  check(context: ProviderContext): Promise<void>;
  operations(context: ProviderContext): KindOperations[K];
  /**
   * Checks the signature and reads what the provider says; also its handshake, such as WhatsApp's verify token.
   * @throws ProviderError `rejected` for a bad signature
   */
  inbound?(
    context: ProviderContext,
    request: InboundRequest,
  ): Promise<{ events: InboundEvent[]; answer?: { status: number; body: string; contentType?: string } }>;
}

/** What is known of a provider without its code: listed, masked and validated by. */
export type ProviderAbout<K extends ProviderKind = ProviderKind> = Omit<
  ProviderDefinition<K>,
  'check' | 'operations' | 'inbound'
>;

export function defineProvider<K extends ProviderKind>(definition: ProviderDefinition<K>): ProviderDefinition<K> {
  return definition;
}
