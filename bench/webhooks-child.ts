/** The measured process of the webhook benchmark: see `webhooks.ts`. */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deliveryIdOf } from '../functions/platform/deliveries/delivery-entity.ts';
import type { DeliveryMessage } from '../functions/platform/deliveries/delivery-message.ts';
import { webhookEntity } from '../functions/platform/webhooks/webhook-entity.ts';
import { sealSecret } from '../functions/platform/webhooks/webhook-secrets.ts';
import { openSession } from '../layers/kernel/data/session.ts';
import { newId } from '../layers/kernel/ids.ts';
import { eventBody } from '../layers/webhooks/message-body.ts';
import { generateSecret } from '../layers/webhooks/signing.ts';
import { median } from './result.ts';

export interface WebhookMeasurement {
  /** Deliveries a second. */
  deliverer: number;
  bare: number;
}

const url = process.argv[3]!;
const deliveries = Number(process.argv[4]);
/** Lambda gives a function instance one batch at a time. */
const batchSize = 10;
const rounds = 7;
const tenantId = 'bench';

const { handler } = (await import(process.argv[2]!)) as { handler: (event: SQSEvent) => Promise<SQSBatchResponse> };

const webhookId = newId('whk');
const secret = generateSecret('hmac');
const session = openSession(tenantId);
const sealed = await sealSecret(tenantId, webhookId, secret);
await session.transact('platform', (unit) => {
  unit.create(webhookEntity, {
    id: webhookId,
    name: 'Bench',
    url,
    subscribedEvents: ['*'],
    headerNames: [],
    isActive: true,
    timeoutSeconds: 30,
    maxRetries: 3,
    ordering: 'none',
    signature: 'hmac',
    secretKey: sealed,
    createdBy: 'bench',
  });
});

function nextBody(): { id: string; body: string; now: string } {
  const id = newId('evt');
  const now = new Date().toISOString();
  const payload = JSON.stringify({
    id: 'INV-1',
    customerId: 'CUS-1',
    amount: '125.50',
    currency: 'YER',
    status: 'paid',
  });
  const event = { type: 'invoice.paid', source: 'billing', aggregateType: 'invoice', aggregateId: 'INV-1' };
  return {
    id,
    now,
    body: eventBody({ id, ...event, occurredAt: now, correlationId: 'cor', schemaVersion: 1, payload }),
  };
}

function nextBatch(): SQSEvent {
  const records = Array.from({ length: batchSize }, (_, i) => {
    const { id, body, now } = nextBody();
    const message: DeliveryMessage = {
      tenantId,
      webhookId,
      deliveryId: deliveryIdOf(webhookId, id, now),
      messageId: id,
      eventType: 'invoice.paid',
      eventTime: now,
      createdAt: now,
      correlationId: 'cor',
      attempt: 1,
      roundBase: 0,
      body,
    };
    return { messageId: String(i), body: JSON.stringify(message), attributes: { ApproximateReceiveCount: '1' } };
  });
  return { Records: records } as unknown as SQSEvent;
}

async function runDeliverer(): Promise<void> {
  for (let left = deliveries; left > 0; left -= batchSize) {
    const { batchItemFailures } = await handler(nextBatch());
    if (batchItemFailures.length > 0) throw new Error('The deliverer gave messages back.');
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: batchSize });

async function runBare(): Promise<void> {
  const key = Buffer.from(secret.slice(6), 'base64');
  let left = deliveries;
  const post = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const { id, body } = nextBody();
      const timestamp = Math.floor(Date.now() / 1000);
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      const outgoing = request(url, {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature}`,
        },
      });
      outgoing.on('response', (incoming) => incoming.resume().on('end', resolve));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const lane = async (): Promise<void> => {
    while (left-- > 0) await post();
  };
  await Promise.all(Array.from({ length: batchSize }, lane));
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (deliveries * 1000) / (performance.now() - started);
}

const measured: Record<keyof WebhookMeasurement, number[]> = { deliverer: [], bare: [] };
// The first rounds warm the code up. In turn, so that a drift of the machine's speed meets both alike.
for (let round = -2; round < rounds; round++) {
  const one: WebhookMeasurement = { deliverer: await perSecond(runDeliverer), bare: await perSecond(runBare) };
  if (round >= 0) for (const name of ['deliverer', 'bare'] as const) measured[name].push(one[name]);
}
const result: WebhookMeasurement = { deliverer: median(measured.deliverer), bare: median(measured.bare) };
process.send!(result, () => process.exit(0));
