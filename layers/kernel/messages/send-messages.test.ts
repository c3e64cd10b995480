/** Both ways out against the services of the local runtime, as the SDK clients speak to them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSesService, type SesService } from '../../../local/services/ses/index.ts';
import { createSnsService, type SnsService } from '../../../local/services/sns/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext } from '../../../local/services/test-support/fake-context.ts';
import { sendEmail } from './send-email.ts';
import { sendText } from './send-text.ts';

let ses: SesService;
let sns: SnsService;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  ses = createSesService(createFakeContext());
  sns = createSnsService(createFakeContext());
  const [mail, text] = [await serveForTest(ses), await serveForTest(sns)];
  closing.push(mail.close, text.close);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SESV2: mail.url,
    AWS_ENDPOINT_URL_SNS: text.url,
  });
});
afterAll(async () => {
  for (const close of closing) await close();
});

describe('sending', () => {
  const email = { to: 'a@b.example', subject: 'رمز', text: 'نص', html: '<p>نص</p>' };

  it('an e-mail leaves from the sender of the stage', async () => {
    process.env['EMAIL_SENDER'] = 'no-reply@mizan.example';
    await sendEmail(email);
    expect(ses.sentEmails()).toMatchObject([
      { from: 'no-reply@mizan.example', to: ['a@b.example'], subject: 'رمز', text: 'نص', html: '<p>نص</p>' },
    ]);
  });

  it('an e-mail without a sender is an error that says what is missing', async () => {
    delete process.env['EMAIL_SENDER'];
    await expect(sendEmail(email)).rejects.toThrow(/emailSender/);
  });

  it('a text goes to a phone', async () => {
    await sendText({ to: '+967771234567', text: '123456' });
    expect(sns.sentTexts()).toMatchObject([{ to: '+967771234567', text: '123456' }]);
  });
});
