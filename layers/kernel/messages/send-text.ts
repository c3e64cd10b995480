/** Sends a text message to a phone through Amazon SNS. A function needs `textMessages` in its access. */
import type { SNSClient } from '@aws-sdk/client-sns';

export interface TextMessage {
  /** E.164. */
  to: string;
  text: string;
}

/** Loaded with the first message, so that no cold start waits for it. */
const loadSdk = () => import('@aws-sdk/client-sns');
let client: SNSClient | undefined;

/** @see https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html */
export async function sendText({ to, text }: TextMessage): Promise<void> {
  const { PublishCommand, SNSClient } = await loadSdk();
  client ??= new SNSClient({});
  await client.send(
    new PublishCommand({
      PhoneNumber: to,
      Message: text,
      // Codes must arrive: SNS sends them by the more reliable way, at its price.
      MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
    }),
  );
}
