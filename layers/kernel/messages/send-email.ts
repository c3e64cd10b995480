/** Sends an e-mail through Amazon SES, from the sender of the stage. A function needs `email` in its access. */
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { emailSender } from '../config/resource-names.ts';

export interface Email {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Loaded with the first message, so that no cold start waits for it. */
const loadSdk = () => import('@aws-sdk/client-sesv2');
let client: SESv2Client | undefined;

/**
 * @throws Error when the stage has no sender, or SES does not take the message
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export async function sendEmail({ to, subject, text, html }: Email): Promise<void> {
  const from = emailSender();
  const { SendEmailCommand, SESv2Client } = await loadSdk();
  client ??= new SESv2Client({});
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  await client.send(
    new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } } },
    }),
  );
}
