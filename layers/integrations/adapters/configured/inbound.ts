/**
 * Notifications of providers that are configuration: signed with HMAC-SHA256 over `time.body`, sent within five minutes,
 * and read by paths. Acrel's webhooks of document 000 are checked the same way.
 */
import * as z from 'zod/mini';
import { type InboundEvent, type InboundRequest, type ProviderContext, ProviderError } from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { optionalTextAt } from '../../read-path.ts';
import { hmac, readTimestamp, refuse, requireRecent, requireSignature } from '../../signatures.ts';

const inboundMapping = z.strictObject({
  /** Path of the provider's own id of the notification. */
  id: z.string(),
  type: z._default(
    z.enum(['payment', 'delivery', 'message', 'meter_reading', 'meter_alert', 'meter_status', 'other']),
    'other',
  ),
  occurredAt: z.optional(z.string()),
  /** Our field → path. */
  data: z._default(z.record(z.string(), z.string()), {}),
  /** Our field → the provider's value → ours. */
  values: z._default(z.record(z.string(), z.record(z.string(), z.string())), {}),
});
export type InboundMappingInput = z.input<typeof inboundMapping>;

/** @throws ProviderError `rejected` for a bad signature, an old time or a body that is not JSON */
export function readSigned(context: ProviderContext, request: InboundRequest): unknown {
  const { settings } = context;
  const header = (key: string): string | undefined => request.headers[settings[key]!.toLowerCase()];
  const timestamp = header('timestamp_header');
  if (timestamp === undefined) refuse('The timestamp is missing or unreadable.');
  const content = Buffer.concat([Buffer.from(`${timestamp}.`), request.rawBody]);
  const expected = hmac('sha256', settings['webhook_secret'], content, 'hex');
  requireSignature(expected, [
    header('signature_header')
      ?.replace(/^sha256=/, '')
      .toLowerCase(),
  ]);
  requireRecent(readTimestamp(timestamp), context.now());
  const body = parseJson(Buffer.from(request.rawBody).toString('utf8'));
  if (body === undefined) refuse('The notification is not JSON.');
  return body;
}

export function readMappedEvent(
  context: ProviderContext,
  request: InboundRequest,
  fallback: InboundMappingInput,
): InboundEvent {
  const body = readSigned(context, request);
  const parsed = inboundMapping.safeParse(parseJson(context.settings['inbound'] ?? 'null') ?? fallback);
  if (!parsed.success) throw new ProviderError('configuration', 'inbound is no mapping of notifications.');
  const mapping = parsed.data;
  const id = optionalTextAt(body, mapping.id);
  if (id === undefined) refuse('The notification has no id.');
  const data = Object.entries(mapping.data).flatMap(([field, path]) => {
    const value = optionalTextAt(body, path);
    return value === undefined ? [] : [[field, mapping.values[field]?.[value] ?? value]];
  });
  const occurredAt = mapping.occurredAt === undefined ? undefined : optionalTextAt(body, mapping.occurredAt);
  return { id, type: mapping.type, ...(occurredAt ? { occurredAt } : {}), data: Object.fromEntries(data) };
}
