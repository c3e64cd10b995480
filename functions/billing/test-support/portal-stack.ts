/** The billing stack with what the portal needs beside it: tickets and their files, the queue and the way of link codes, KMS. */
import { afterAll, beforeAll } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { createKmsService } from '../../../local/services/kms/index.ts';
import { createS3Service } from '../../../local/services/s3/index.ts';
import { createSnsService, type SnsService } from '../../../local/services/sns/index.ts';
import { createSqsService, type SqsService } from '../../../local/services/sqs/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import { userEntity } from '../../identity/users/user-entity.ts';
import { linkCodeQueue } from '../portal/link-code.ts';
import { handler as sendLinkCodes } from '../portal/send-link-codes.ts';
import { type BillingStack, startTime, useBillingStack } from './billing-stack.ts';

export interface PortalStack extends BillingStack {
  addUser(tenantId: string, id: string, more?: object): Promise<void>;
  /** Works off the queue of link codes, each message so many times. */
  deliverCodes(times?: number): Promise<void>;
  /** Texts sent to a phone, the oldest first. */
  textsTo(phone: string): string[];
}

const keyAttributes = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];

export function usePortalStack(): PortalStack {
  const stack = useBillingStack() as PortalStack;
  let sns: SnsService;
  let sqs: SqsService;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    stack.tables.dynamodb.table('support', {
      AttributeDefinitions: keyAttributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((index) => ({
        IndexName: index,
        KeySchema: [
          { AttributeName: `${index}pk`, KeyType: 'HASH' },
          { AttributeName: `${index}sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      })),
    });
    const context = createFakeContext({ startTime });
    sqs = context.add(createSqsService(context));
    const s3 = context.add(createS3Service(context));
    const kms = createKmsService(createFakeContext());
    sns = createSnsService(createFakeContext());
    const [queues, files, keys, texts] = await Promise.all([sqs, s3, kms, sns].map((service) => serveForTest(service)));
    closing.push(queues!.close, files!.close, keys!.close, texts!.close);
    const queue = await createResource(sqs, 'AWS::SQS::Queue', linkCodeQueue, { QueueName: linkCodeQueue });
    for (const name of ['ticket-files', 'documents', 'drawn-documents']) {
      await createResource(s3, 'AWS::S3::Bucket', name, { BucketName: name });
      process.env[environmentName.bucket(name)] = name;
    }
    Object.assign(process.env, {
      [environmentName.table('support')]: 'support',
      [environmentName.keyId('secrets')]: (await createResource(kms, 'AWS::KMS::Key', 'secrets', {})).ref,
      [environmentName.queueUrl(linkCodeQueue)]: queues!.url + new URL(queue.ref).pathname,
      AWS_ENDPOINT_URL_SQS: queues!.url,
      AWS_ENDPOINT_URL_S3: files!.url,
      AWS_ENDPOINT_URL_KMS: keys!.url,
      AWS_ENDPOINT_URL_SNS: texts!.url,
    });
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
  return Object.assign(stack, {
    addUser: (tenantId: string, id: string, more: object = {}) =>
      openSession(tenantId).transact('identity', (unit) => {
        const user = { id, name: id, roles: ['CUSTOMER'], workspaces: [], status: 'active', locale: 'ar' } as const;
        unit.create(userEntity, { ...user, roles: [...user.roles], workspaces: [], ...more });
      }),
    async deliverCodes(times = 1) {
      const take = () => sqs.queue(linkCodeQueue).receive(10);
      for (let messages = take(); messages.length > 0; messages = take()) {
        const Records = messages.map(({ body, messageId }) => ({ body, messageId }));
        for (let time = 0; time < times; time++) {
          const { batchItemFailures } = await sendLinkCodes({ Records } as never);
          if (batchItemFailures.length > 0) throw new Error('A message was not handled.');
        }
      }
    },
    textsTo: (phone: string) =>
      sns
        .sentTexts()
        .filter(({ to }) => to === phone)
        .map(({ text }) => text),
  });
}
