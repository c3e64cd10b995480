/**
 * What a log may keep of a conversation with a provider. Headers by an allow-list; bodies as JSON with secrets, personal
 * data and texts of messages taken out; addresses without their query. What cannot be read is described, never kept.
 */

export const mask = '••••••••';

const keptHeaders = new Set([
  'accept',
  'content-language',
  'content-length',
  'content-type',
  'date',
  'retry-after',
  'user-agent',
  'x-request-id',
  'request-id',
  'x-correlation-id',
  'paypal-debug-id',
  'twilio-request-id',
  'idempotency-key',
]);

const secretName =
  /secret|token|passw|pwd|authori[sz]ation|api.?key|private|credential|signature|assertion|\bpin\b|otp|cvv|cvc|card|iban|access_code|refresh|cookie|username/i;
const personName =
  /^(to|from|cc|bcc|phone|phone_?number|mobile|msisdn|receptor|recipient|wa_id|email|mail|customer|payer|name|first_?name|last_?name|full_?name|given_name|surname|address|national_?id|attendees)$/i;
const textName = /^(text|body|message|content|html|subject|caption|description|title|parameters|raw|tokens?)$/i;

const maxText = 300;
const maxBodyLength = 4096;
const maxDepth = 8;
const maxItems = 30;

/** Every form in which a secret may stand in a text; longest first, so that no rest of one stays. */
export function secretForms(secrets: Iterable<string>): string[] {
  const forms = new Set<string>();
  for (const secret of secrets)
    for (const part of [secret, ...textsOfJson(secret)])
      if (part.length >= 4)
        for (const form of [
          part,
          encodeURIComponent(part),
          new URLSearchParams({ v: part }).toString().slice(2),
          JSON.stringify(part).slice(1, -1),
          Buffer.from(part).toString('base64'),
          Buffer.from(part).toString('base64url'),
        ])
          forms.add(form);
  return [...forms].sort((a, b) => b.length - a.length);
}

/** A secret may be a document, such as a service account: its longer texts are secrets as well. */
function textsOfJson(secret: string): string[] {
  if (!secret.startsWith('{')) return [];
  try {
    return Object.values(JSON.parse(secret)).filter((v): v is string => typeof v === 'string' && v.length >= 12);
  } catch {
    return [];
  }
}

export function createRedactor(secrets: Iterable<string>) {
  const forms = secretForms(secrets);
  const text = (value: string): string => {
    const clean = forms.reduce((result, form) => result.replaceAll(form, mask), value);
    return clean
      .replace(/\b(Basic|Bearer|Zoho-oauthtoken|AWS4-HMAC-SHA256)\s+[A-Za-z0-9+/=._~-]{8,}/g, `$1 ${mask}`)
      .replace(/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g, mask);
  };
  const value = (input: unknown, name: string, depth: number): unknown => {
    if (input === null || typeof input === 'boolean') return input;
    if (depth > maxDepth) return '…';
    if (typeof input === 'object') {
      if (secretName.test(name)) return mask;
      if (Array.isArray(input)) return input.slice(0, maxItems).map((item) => value(item, name, depth + 1));
      return Object.fromEntries(
        Object.entries(input)
          .slice(0, maxItems)
          .map(([key, inner]) => [text(key).slice(0, 100), value(inner, key, depth + 1)]),
      );
    }
    if (secretName.test(name)) return mask;
    const plain = String(input);
    if (textName.test(name)) return `[${plain.length} characters]`;
    if (personName.test(name)) return `${mask}${plain.length >= 8 ? plain.slice(-2) : ''}`;
    return typeof input === 'number' ? input : text(plain).slice(0, maxText);
  };
  return {
    text: (input: string): string => text(input).slice(0, 1000),
    headers: (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(headers).flatMap(([name, content]) =>
          content !== undefined && keptHeaders.has(name.toLowerCase())
            ? [[name.toLowerCase(), text(content).slice(0, 200)]]
            : [],
        ),
      ),
    /** Origin and path; a path that held a secret shows its mask. */
    url: (input: string): string => {
      if (!URL.canParse(input)) return '[unreadable address]';
      const { origin, pathname } = new URL(input);
      // Some addresses are secrets as a whole, such as Slack's; others carry one in their path.
      return text(origin + pathname)
        .replace(/\/[A-Za-z0-9_-]{24,}(?=\/|$)/g, `/${mask}`)
        .slice(0, 500);
    },
    body: (input: string | Uint8Array | undefined, contentType = ''): unknown => {
      if (input === undefined || input.length === 0) return undefined;
      const raw = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
      const parsed = parse(raw, contentType);
      if (parsed === undefined) return `[${Buffer.byteLength(raw)} bytes]`;
      const clean = value(parsed, '', 0);
      return JSON.stringify(clean).length > maxBodyLength ? `[${Buffer.byteLength(raw)} bytes]` : clean;
    },
  };
}

export type Redactor = ReturnType<typeof createRedactor>;

function parse(raw: string, contentType: string): unknown {
  if (contentType.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(raw));
  try {
    const parsed: unknown = JSON.parse(raw);
    return typeof parsed === 'object' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** A result without secrets that a provider echoed into it; everything else as it is. */
export function withoutEchoes<T>(result: T, secrets: Iterable<string>): T {
  const forms = secretForms(secrets);
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return forms.reduce((text, form) => text.replaceAll(form, mask), value);
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), clean(inner)]));
  };
  return clean(result) as T;
}

/** What people see of a stored secret: always as long, with the end of those that are long enough to stay secret. */
export function maskSecret(secret: string): string {
  return secret.length >= 16 && !secret.startsWith('{') ? mask + secret.slice(-4) : mask;
}
