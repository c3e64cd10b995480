/** What can be done with dead letters. */
import type { Message } from '@aws-sdk/client-sqs';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { auditLog } from '../../../layers/kernel/observability/audit-log.ts';
import { maskSecrets, maskText } from '../../../layers/monitoring/mask-secrets.ts';
import {
  cancelMove,
  listDeadLetterQueues,
  listMoves,
  type MoveTask,
  peekMessages,
  requireQueue,
  startMove,
} from './queue-port.ts';
import type { DeadLetterRoutes } from './routes.ts';

/** Ten messages of a megabyte would not fit an answer. */
const maxBodyLength = 16_000;

export const deadLetterOperations: Operations<DeadLetterRoutes> = {
  listDeadLetterQueues: async ({ query }) => ({
    data: (await listDeadLetterQueues())
      .filter(({ messages, inFlight }) => query.onlyFilled === 'false' || messages + inFlight > 0)
      .map(({ name, messages, inFlight, sources }) => ({
        queue: name,
        messages,
        inFlight,
        isRedrivable: sources.length > 0,
      })),
  }),

  inspectDeadLetters: async ({ params, query, principal }) => {
    const messages = await peekMessages(await requireQueue(params.queue), query.count);
    // They are people's data of all tenants: who looked is written down.
    auditLog('dead_letters.inspected', { queue: params.queue, messages: messages.length, by: principal.subject });
    return { data: messages.map(messageView) };
  },

  redriveDeadLetters: async ({ params, body, principal }) => {
    const queue = await requireQueue(params.queue);
    await startMove(queue, body?.perSecond);
    auditLog('dead_letters.redriven', { queue: params.queue, messages: queue.messages, by: principal.subject });
    const [task] = await listMoves(queue);
    if (task === undefined) throw new AppError('unavailable', 'SQS does not show the task that it started.');
    return { data: taskView(task) };
  },

  listRedrives: async ({ params }) => ({ data: (await listMoves(await requireQueue(params.queue))).map(taskView) }),

  cancelRedrive: async ({ params, principal }) => {
    const running = (await listMoves(await requireQueue(params.queue))).find(({ handle }) => handle !== undefined);
    if (running?.handle === undefined)
      throw new AppError('conflict', undefined, {
        texts: { en: 'No redrive of this queue is running.', ar: 'لا توجد إعادة إرسال جارية لهذا الطابور.' },
      });
    await cancelMove(running.handle);
    auditLog('dead_letters.redrive_cancelled', { queue: params.queue, by: principal.subject });
    return {};
  },
};

const taskView = ({ status, moved, toMove, startedAt, failureReason }: MoveTask) => ({
  status,
  moved,
  toMove,
  startedAt,
  failureReason,
});

function messageView({ MessageId = '', Attributes = {}, MessageAttributes = {}, Body = '' }: Message) {
  const masked = String(maskSecrets(Body));
  const event = eventOf(Body);
  const text = (name: string): string | null => (typeof event[name] === 'string' ? maskText(event[name]) : null);
  return {
    messageId: MessageId,
    sentAt: new Date(Number(Attributes['SentTimestamp'] ?? 0)).toISOString(),
    receiveCount: Number(Attributes['ApproximateReceiveCount'] ?? 0),
    tenantId: text('tenantId'),
    eventType: text('type'),
    correlationId: text('correlationId'),
    errorCode: MessageAttributes['ERROR_CODE']?.StringValue ?? null,
    body: masked.slice(0, maxBodyLength),
    isCut: masked.length > maxBodyLength,
  };
}

/** The event inside what EventBridge delivered, or the message itself. */
function eventOf(body: string): Record<string, unknown> {
  try {
    const message = JSON.parse(body) as Record<string, unknown> | null;
    const detail = message?.['detail'];
    return (typeof detail === 'object' && detail !== null ? detail : (message ?? {})) as Record<string, unknown>;
  } catch {
    return {};
  }
}
