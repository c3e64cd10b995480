/** SES v2 SendEmail per its API reference. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource } from '../test-support/fake-context.ts';
import { createSesService, type SesService } from './index.ts';

async function send(ses: SesService, input: object, path = '/v2/email/outbound-emails'): Promise<any> {
  return (await ses.handle!(awsRequest({ path, body: input }))).body;
}
const simple = {
  Simple: { Subject: { Data: 'Bill' }, Body: { Text: { Data: 'text' }, Html: { Data: '<p>html</p>' } } },
};
const email = {
  FromEmailAddress: 'Mizan <bills@mizan.example>',
  Destination: { ToAddresses: ['a@b.example'] },
  Content: simple,
};

describe('SendEmail', () => {
  it('captures simple messages', async () => {
    const ctx = createFakeContext();
    const ses = createSesService(ctx);
    const { MessageId } = await send(ses, email);
    expect(ses.sentEmails()).toEqual([
      {
        messageId: MessageId,
        from: 'Mizan <bills@mizan.example>',
        to: ['a@b.example'],
        cc: [],
        bcc: [],
        replyTo: [],
        subject: 'Bill',
        text: 'text',
        html: '<p>html</p>',
        raw: undefined,
        sentAt: ctx.clock.now(),
      },
    ]);
  });

  it('reads the headers of raw messages', async () => {
    const ses = createSesService(createFakeContext());
    const raw = 'From: x@y.example\r\nTo: a@b.example,\r\n c@d.example\r\nSubject: Hello\r\n\r\nSubject: not this\r\n';
    await send(ses, { Content: { Raw: { Data: Buffer.from(raw).toString('base64') } } });
    expect(ses.sentEmails()[0]).toMatchObject({
      from: 'x@y.example',
      to: ['a@b.example', 'c@d.example'],
      subject: 'Hello',
      raw,
    });
  });

  it('sends from verified identities only, once any is declared', async () => {
    const ses = createSesService(createFakeContext());
    await createResource(ses, 'AWS::SES::EmailIdentity', 'I', { EmailIdentity: 'mizan.example' });
    await send(ses, email);
    await send(ses, { ...email, FromEmailAddress: 'x@mail.mizan.example' });
    await expect(send(ses, { ...email, FromEmailAddress: 'x@notmizan.example' })).rejects.toMatchObject({
      code: 'MessageRejected',
    });
  });

  it.each([
    [{ ...email, Destination: {} }, 'no recipient'],
    [{ ...email, Destination: { ToAddresses: ['nobody'] } }, 'not an e-mail address'],
    [{ ...email, Destination: { ToAddresses: Array(51).fill('a@b.example') } }, 'exceeds 50'],
    [{ ...email, FromEmailAddress: 'nobody' }, 'FromEmailAddress'],
    [{ ...email, Content: {} }, 'Simple or Raw'],
    [{ ...email, Content: { Simple: { Subject: { Data: 'x' } } } }, 'subject and a body'],
    [{ ...email, Content: { Template: {} } }, 'Templates are not played'],
  ])('refuses bad input %#', async (input, text) => {
    const ses = createSesService(createFakeContext());
    await expect(send(ses, input)).rejects.toThrow(text);
    expect(ses.sentEmails()).toEqual([]);
  });

  it('leaves a file for each message', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ses-'));
    try {
      await send(createSesService(createFakeContext({ dataDir })), email);
      expect(readdirSync(join(dataDir, 'emails'))).toHaveLength(1);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
