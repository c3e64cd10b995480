/**
 * A message of a gateway as the topic rules hand it on, with the tenant its station belongs to. The payload travels as
 * base64, so that what cannot be read is counted with its reason instead of vanishing in a rule.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import { MessageError } from '../../../layers/station/messages.ts';
import { readUpTopic, type UpKind } from '../../../layers/station/topics.ts';
import { stationOwners } from '../contract.ts';

export interface RawMessage {
  /** Same for every delivery of the message. */
  id: string;
  topic: string;
  receivedMs: number;
  payload: Uint8Array;
}

export interface GatewayMessage<M> {
  id: string;
  session: TenantSession;
  stationId: string;
  kind: UpKind;
  receivedMs: number;
  message: M;
}

/**
 * Reads what the rules write, and what their error action writes when the queue did not take a message.
 * @throws Error for anything else: a bug, so the message goes to the dead-letter queue
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
 */
export function readRuleMessage(id: string, body: string): RawMessage {
  const written = JSON.parse(body) as Record<string, unknown>;
  const { topic } = written;
  const isFailure = 'base64OriginalPayload' in written;
  const data = isFailure ? written['base64OriginalPayload'] : written['data'];
  const receivedAt = isFailure ? Date.now() : written['receivedAt'];
  if (typeof data !== 'string' || typeof topic !== 'string' || typeof receivedAt !== 'number')
    throw new Error('Not a message of a topic rule: data, topic and receivedAt are needed.');
  return { id, topic, receivedMs: receivedAt, payload: Buffer.from(data, 'base64') };
}

/**
 * Finds owners and decodes. What no tenant owns, or cannot be read, is logged and counted, and comes not again: the gateway
 * keeps its own record, and sending it again would give the same.
 */
export async function readGatewayMessages<M>(
  raw: readonly RawMessage[],
  decode: (payload: Uint8Array, kind: UpKind) => M,
): Promise<GatewayMessage<M>[]> {
  const topics = raw.map(({ topic }) => readUpTopic(topic));
  const sessions = await stationSessions(topics.flatMap((topic) => (topic === undefined ? [] : [topic.stationId])));
  const read: GatewayMessage<M>[] = [];
  raw.forEach(({ id, topic, receivedMs, payload }, i) => {
    const known = topics[i];
    const session = known && sessions.get(known.stationId);
    if (known === undefined || session === undefined) {
      countMetric('GatewayMessagesOfUnknownStations');
      logger.warn('message of an unknown station', { topic: topic.slice(0, 200) });
      return;
    }
    try {
      const message = decode(payload, known.kind);
      read.push({ id, session, ...known, receivedMs, message });
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      countMetric('GatewayMessagesUnreadable');
      logger.warn('message that cannot be read', { topic, tenantId: session.tenantId, reason: error.message });
    }
  });
  return read;
}

const keepUnknownMs = 5_000;
const maxEntries = 20_000;
const owners = new Map<string, TenantSession>();
const unknownUntil = new Map<string, number>();

/** Sessions of the stations' owners, one object per tenant. The owner of a code never changes, so it is remembered. */
async function stationSessions(stationIds: readonly string[]): Promise<Map<string, TenantSession>> {
  const now = Date.now();
  const asked = [...new Set(stationIds)].filter((id) => !owners.has(id) && (unknownUntil.get(id) ?? 0) <= now);
  if (asked.length > 0) {
    const answers = await stationOwners(asked);
    if (owners.size > maxEntries) owners.clear();
    if (unknownUntil.size > maxEntries) unknownUntil.clear();
    for (const id of asked) {
      const tenantId = answers.get(id);
      if (tenantId === undefined) unknownUntil.set(id, now + keepUnknownMs);
      else owners.set(id, sessionOf(tenantId));
    }
  }
  return new Map(
    stationIds.flatMap((id) => {
      const owner = owners.get(id);
      return owner === undefined ? [] : [[id, owner] as const];
    }),
  );
}

const sessions = new Map<string, TenantSession>();

function sessionOf(tenantId: string): TenantSession {
  const session = sessions.get(tenantId) ?? openSession(tenantId);
  sessions.set(tenantId, session);
  return session;
}
