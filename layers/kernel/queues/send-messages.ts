/** Sends messages to a queue of the domain in as few calls as the limits of SQS allow, and fails when one is not taken. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueUrl } from '../config/resource-names.ts';

export interface OutgoingMessage {
  body: string;
  /** 0 to 900. @default 0 */
  delaySeconds?: number;
}

/** SQS takes 1 MiB in one call; a rest is left for what surrounds the bodies. */
const maxCallBytes = 1_000_000;
const maxEntries = 10;
const maxRounds = 4;

/** Loaded with the first message: functions that can send seldom do, and a cold start should not wait for it. */
const loadSdk = () => import('@aws-sdk/client-sqs');
let client: SQSClient | undefined;

/** @throws Error when SQS refuses a message for good; those before it are sent */
export async function sendMessages(queue: string, messages: readonly OutgoingMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const { SQSClient } = await loadSdk();
  client ??= new SQSClient({});
  const url = queueUrl(queue);
  await Promise.all(inCalls(messages).map((call) => sendCall(client!, url, queue, call)));
}

async function sendCall(sqs: SQSClient, url: string, queue: string, call: readonly OutgoingMessage[]): Promise<void> {
  const { SendMessageBatchCommand } = await loadSdk();
  let pending = call;
  for (let round = 0; pending.length > 0; round++) {
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** round));
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: pending.map(({ body, delaySeconds = 0 }, i) => ({
          Id: String(i),
          MessageBody: body,
          ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
        })),
      }),
    );
    const refused = Failed.find((entry) => entry.SenderFault);
    if (refused || (Failed.length > 0 && round === maxRounds))
      throw new Error(`Queue ${queue} did not take a message: ${(refused ?? Failed[0])?.Message}`);
    const current = pending;
    pending = Failed.map(({ Id }) => current[Number(Id)]!);
  }
}

function inCalls(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const calls: OutgoingMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const current = calls.at(-1);
    if (current === undefined || current.length === maxEntries || bytes + size > maxCallBytes) {
      calls.push([message]);
      bytes = size;
    } else {
      current.push(message);
      bytes += size;
    }
  }
  return calls;
}
