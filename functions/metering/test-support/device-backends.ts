/** What devices need besides tables: a broker’s data plane that keeps retained messages, and a bucket for firmware. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { createS3Service } from '../../../local/services/s3/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';

export interface DeviceBackends {
  /** Retained messages by topic; one that was taken away is missing. */
  readonly retained: Map<string, any>;
  /** How the broker answers from now on. */
  brokerAnswers(status: number): void;
}

/** @param startTime by the clock of the tests, milliseconds */
export function useDeviceBackends(startTime: number): DeviceBackends {
  const retained = new Map<string, any>();
  const closing: (() => unknown)[] = [];
  let status = 200;
  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    const broker = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url!, 'http://broker');
      const topic = decodeURIComponent(url.pathname.slice('/topics/'.length));
      const text = Buffer.concat(chunks).toString();
      if (status < 300 && url.searchParams.get('retain') === 'true') {
        if (text === '') retained.delete(topic);
        else retained.set(topic, JSON.parse(text));
      }
      response.writeHead(status).end('{}');
    });
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      broker.closeAllConnections();
      broker.close();
    });
    const context = createFakeContext({ startTime });
    const s3 = createS3Service(context);
    await createResource(s3, 'AWS::S3::Bucket', 'Firmware', { BucketName: 'firmware' });
    const files = await serveForTest(s3);
    closing.push(files.close);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_IOT_DATA_PLANE: `http://127.0.0.1:${(broker.address() as AddressInfo).port}`,
      AWS_ENDPOINT_URL_S3: files.url,
      BUCKET_DEVICE_FIRMWARE: 'firmware',
    });
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
  return {
    retained,
    brokerAnswers: (answer) => {
      status = answer;
    },
  };
}
