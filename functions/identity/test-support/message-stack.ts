/** The identity stack with its queue and both ways out, so that tests read codes where people do: in their messages. */
import { afterAll, beforeAll } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { createSesService, type SesService } from '../../../local/services/ses/index.ts';
import { createSnsService, type SnsService } from '../../../local/services/sns/index.ts';
import { createSqsService, type SqsService } from '../../../local/services/sqs/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import { handler as sendMessages } from '../messages/handler.ts';
import { messageQueue } from '../messages/message-queue.ts';
import { type IdentityStack, useIdentityStack } from './identity-stack.ts';

export interface MessageStack extends IdentityStack {
  /** Lets the consumer work until the queue is empty. @returns bodies of what was in it */
  deliver(): Promise<string[]>;
  /** What was last written to an address, after delivery. */
  lastMessage(to: string): string;
  /** How many messages an address got. */
  messagesTo(to: string): number;
  /** The six digits last sent to an address, after delivery. */
  codeFor(to: string): Promise<string>;
  /** The bodies waiting in the queue are lost. */
  forgetQueue(): void;
}

export function useMessageStack(): MessageStack {
  const stack = useIdentityStack();
  let ses: SesService;
  let sns: SnsService;
  let sqs: SqsService;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    ses = createSesService(createFakeContext());
    sns = createSnsService(createFakeContext());
    const context = createFakeContext();
    sqs = context.add(createSqsService(context));
    const queue = await createResource(sqs, 'AWS::SQS::Queue', messageQueue, { QueueName: messageQueue });
    const [mail, text, queues] = [await serveForTest(ses), await serveForTest(sns), await serveForTest(sqs)];
    closing.push(mail.close, text.close, queues.close);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SESV2: mail.url,
      AWS_ENDPOINT_URL_SNS: text.url,
      AWS_ENDPOINT_URL_SQS: queues.url,
      [environmentName.queueUrl(messageQueue)]: queues.url + new URL(queue.ref).pathname,
      [environmentName.emailSender()]: 'no-reply@mizan.example',
    });
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  const take = () => sqs.queue(messageQueue).receive(10);
  const textsTo = (to: string): string[] => [
    ...ses
      .sentEmails()
      .filter((email) => email.to.includes(to))
      .map(({ text }) => text ?? ''),
    ...sns
      .sentTexts()
      .filter((text) => text.to === to)
      .map(({ text }) => text),
  ];

  const more = {
    async deliver() {
      const bodies: string[] = [];
      for (let messages = take(); messages.length > 0; messages = take()) {
        bodies.push(...messages.map(({ body }) => body));
        const Records = messages.map(({ body, messageId }) => ({ body, messageId }));
        const { batchItemFailures } = await sendMessages({ Records } as never);
        if (batchItemFailures.length > 0) throw new Error('A message was not handled.');
      }
      return bodies;
    },
    forgetQueue: () => {
      while (take().length > 0);
    },
    lastMessage: (to: string) => textsTo(to).at(-1) ?? '',
    messagesTo: (to: string) => textsTo(to).length,
    async codeFor(to: string) {
      await more.deliver();
      const code = /\b\d{6}\b/.exec(more.lastMessage(to))?.[0];
      if (code === undefined) throw new Error(`No code was sent to ${to}.`);
      return code;
    },
  };
  return Object.defineProperties(more, Object.getOwnPropertyDescriptors(stack)) as MessageStack;
}
