/** The billing domain on the embedded DynamoDB for its tests: requests go in where API Gateway's would, and time is turned. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, vi } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { createSqsService, type SqsService } from '../../../local/services/sqs/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import {
  callHandler,
  type HandlerAnswer,
  type HttpHandler,
  testPrincipal,
} from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { createMeterSchema } from '../../metering/meters/meter-schema.ts';
import { registerMeter } from '../../metering/meters/register-meter.ts';
import { addReadings } from '../../metering/readings/add-readings.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { claimStationCode } from '../../scada/stations/claim-station-code.ts';
import { stationEntity } from '../../scada/stations/station-entity.ts';
import { type CommandMessage, commandQueue } from '../commands/command-queue.ts';
import { handler as onCommandChanged } from '../commands/on-command-changed.ts';
import { sendCommand } from '../commands/send-command.ts';
import { handler as dunPage } from '../dunning/dun-page.ts';
import { dunningQueue } from '../dunning/dunning-queue.ts';
import { startWalks } from '../dunning/start-dunning.ts';
import { billPage } from '../runs/bill-page.ts';
import { billingQueue, type RunMessage } from '../runs/start-run.ts';

export const startTime = Date.UTC(2026, 5, 15, 9);

export interface CallOptions {
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string | undefined>;
  as?: Partial<Principal>;
}

const queues = [
  billingQueue,
  commandQueue,
  dunningQueue,
  'provider-payments',
  'bank-imports',
  'corrections',
  'prepaid-vends',
  'key-change-campaigns',
  'invoice-sendings',
  'customer-messages',
  'field-notices',
  'billing-reports',
  'loss-reports',
  'portal-link-codes',
];

export interface BillingStack {
  readonly tables: TestTables;
  advance(ms: number): void;
  addTenant(id: string): Promise<void>;
  addMeter(tenantId: string, id: string, more?: object): Promise<void>;
  /** Readings of a register: local time of Aden, e.g. `2026-04-01T00:00`, and kWh. */
  read(tenantId: string, meterId: string, readings: [string, number, object?][]): Promise<void>;
  /** Works off the billing queue; each message is delivered so many times. */
  workOffRuns(times?: number): Promise<void>;
  call(
    tenantId: string,
    handler: HttpHandler,
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<HandlerAnswer>;
  /** Works off the command queue, delays included, until no message is due within so many seconds. */
  workOffCommands(seconds: number, times?: number): Promise<void>;
  /** Looks through a tenant's open invoices and dark meters as the schedule would. */
  dun(tenantId: string): Promise<void>;
  /** Hands what is due in a queue to a worker, each message so many times; delays run off for so many seconds. */
  workOff(
    queue: string,
    work: (body: string) => Promise<void>,
    options?: { seconds?: number; times?: number },
  ): Promise<void>;
  /** Forgets what is in queues, due or not. */
  forgetMessages(): void;
  /** What was published over MQTT. */
  published(): { topic: string; payload: any }[];
  /** How the broker answers from now on. */
  brokerAnswers(status: number): void;
  /** Outbox items of some types, the oldest first. */
  events(...types: string[]): any[];
}

export function useBillingStack(): BillingStack {
  let tables: TestTables;
  let sqs: SqsService;
  let sqsClock: { advance(ms: number): void };
  const closing: (() => Promise<void>)[] = [];
  const messages: { topic: string; payload: any }[] = [];
  let brokerStatus = 200;
  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: startTime });
    tables = await startTables([
      'billing',
      'identity',
      'metering',
      'readings',
      'scada',
      'telemetry',
      'platform',
      'limits',
    ]);
    const context = createFakeContext({ startTime });
    sqsClock = context.clock;
    sqs = context.add(createSqsService(context));
    const endpoint = await serveForTest(sqs);
    closing.push(endpoint.close);
    for (const name of queues) {
      const { ref } = await createResource(sqs, 'AWS::SQS::Queue', name, {
        QueueName: name,
        VisibilityTimeout: 43_200,
      });
      process.env[environmentName.queueUrl(name)] = endpoint.url + new URL(ref).pathname;
    }
    const broker = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (brokerStatus < 300)
        messages.push({
          topic: decodeURIComponent(request.url!.slice('/topics/'.length).split('?')[0]!),
          payload: JSON.parse(Buffer.concat(chunks).toString()),
        });
      response.writeHead(brokerStatus).end('{}');
    });
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      broker.closeAllConnections();
      broker.close();
    });
    process.env['AWS_ENDPOINT_URL_IOT_DATA_PLANE'] = `http://127.0.0.1:${(broker.address() as AddressInfo).port}`;
    process.env['AWS_ENDPOINT_URL_SQS'] = endpoint.url;
  });
  afterAll(async () => {
    vi.useRealTimers();
    await tables.close();
    for (const close of closing) await close();
  });
  const events = (...types: string[]): any[] =>
    tables
      .scan('billing')
      .filter((item) => item['_type'].S === 'outbox' && types.includes(item['type']?.S))
      .sort((a, b) => (a['sk'].S < b['sk'].S ? -1 : 1));
  const ordered = new Set<string>();
  /** Brings what happened to commands to who sends them. */
  const orderApproved = async (): Promise<void> => {
    const fresh = events('meter.command_changed').filter(({ id }) => !ordered.has(id.S));
    for (const { id } of fresh) ordered.add(id.S);
    const envelopes = fresh.map(({ tenantId, payload }) =>
      makeEvent({ type: 'meter.command_changed', tenantId: tenantId.S, payload: JSON.parse(payload.S) }),
    );
    const { batchItemFailures } = await onCommandChanged(busBatch(envelopes));
    if (batchItemFailures.length > 0) throw new Error('A command was not ordered to be sent.');
  };
  return {
    get tables() {
      return tables;
    },
    advance: (ms) => void vi.setSystemTime(Date.now() + ms),
    async addTenant(id) {
      await openSession(id).transact('identity', (unit) => {
        unit.create(tenantEntity, {
          id,
          name: id,
          timeZone: 'Asia/Aden',
          currency: 'YER',
          locale: 'ar',
          status: 'active',
        });
      });
      const station = `ST-${id}`;
      await openSession(id).transact('scada', (unit) => {
        unit.create(stationEntity, { id: station, name: station, status: 'active' });
        claimStationCode(unit, station, id);
      });
    },
    async addMeter(tenantId, id, more = {}) {
      await registerMeter(
        openSession(tenantId),
        createMeterSchema.parse({ id, model: 'ADL200', stationId: `ST-${tenantId}`, digits: 5, ...more }),
      );
    },
    async read(tenantId, meterId, readings) {
      const { data } = await addReadings(openSession(tenantId), {
        readings: readings.map(([time, kwh, more]) => ({
          meterId,
          time: new Date(`${time}:00+03:00`).toISOString(),
          registerKwh: String(kwh),
          ...more,
        })),
        source: 'api',
        locale: 'en',
      });
      if (data.rejected > 0) throw new Error(`Readings were refused: ${JSON.stringify(data.results)}`);
    },
    async workOffRuns(times = 1) {
      const take = () => sqs.queue(billingQueue).receive(10);
      for (let messages = take(); messages.length > 0; messages = take())
        for (const { body } of messages)
          await Promise.all(Array.from({ length: times }, () => billPage(JSON.parse(body) as RunMessage)));
    },
    async workOffCommands(seconds, times = 1) {
      const until = Date.now() + seconds * 1000;
      await orderApproved();
      for (;;) {
        for (let due = sqs.queue(commandQueue).receive(10); due.length > 0; due = sqs.queue(commandQueue).receive(10))
          for (const { body } of due)
            await Promise.all(Array.from({ length: times }, () => sendCommand(JSON.parse(body) as CommandMessage)));
        if (Date.now() >= until) return;
        vi.setSystemTime(Date.now() + 1000);
        sqsClock.advance(1000);
      }
    },
    async dun(tenantId) {
      await startWalks(tenantId);
      const take = () => sqs.queue(dunningQueue).receive(10);
      for (let due = take(); due.length > 0; due = take())
        for (const { body } of due) {
          const { batchItemFailures } = await dunPage({
            Records: [{ messageId: 'm', body, attributes: { ApproximateReceiveCount: '1' } }],
          } as never);
          if (batchItemFailures.length > 0) throw new Error(`A page of dunning failed: ${body}`);
        }
    },
    async workOff(queue, work, { seconds = 0, times = 1 } = {}) {
      const until = Date.now() + seconds * 1000;
      for (;;) {
        for (let due = sqs.queue(queue).receive(10); due.length > 0; due = sqs.queue(queue).receive(10)) {
          for (const { body } of due) await Promise.all(Array.from({ length: times }, () => work(body)));
          sqs.queue(queue).delete(due.map(({ receiptHandle }) => receiptHandle!));
        }
        if (Date.now() >= until) return;
        // A minute at a time, as fine as any delay in use here.
        const step = Math.min(60_000, until - Date.now());
        vi.setSystemTime(Date.now() + step);
        sqsClock.advance(step);
      }
    },
    forgetMessages() {
      for (const name of queues) sqs.queue(name).purge();
    },
    published: () => messages,
    brokerAnswers: (status) => {
      brokerStatus = status;
    },
    call: (tenantId, handler, method, path, { as, ...request } = {}) =>
      callHandler(handler, {
        method,
        path,
        ...request,
        as: testPrincipal(tenantId, { permissions: ['billing:*'], ...as }),
      }),
    events,
  };
}
