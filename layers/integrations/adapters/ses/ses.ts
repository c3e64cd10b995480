/** Amazon SES, API version 2, with the tenant's own keys. Messages go as MIME, so that attachments are like any other. */
import { address, mimeMessage } from '../../mime-message.ts';
import { defineProvider, type ProviderContext } from '../../provider.ts';
import { readJson } from '../../read-answer.ts';
import { textAt } from '../../read-path.ts';
import { joinUrl } from '../../rest-client.ts';
import { sesAbout } from './about.ts';
import { signRequest } from './sign-request.ts';

export const ses = defineProvider({
  ...sesAbout,
  async check(context) {
    await call(context, 'GET', '/v2/email/account');
  },
  operations: (context) => ({
    async send(message) {
      const { settings } = context;
      const name = settings['from_name'];
      const sender = { address: settings['from_email']!, ...(name ? { name } : {}) };
      const { bytes } = mimeMessage(message, sender, context.now());
      const answer = await call(context, 'POST', '/v2/email/outbound-emails', {
        FromEmailAddress: address(sender.address),
        Destination: { ToAddresses: message.to, ...(message.cc?.length ? { CcAddresses: message.cc } : {}) },
        Content: { Raw: { Data: Buffer.from(bytes).toString('base64') } },
      });
      return { providerReference: textAt(answer, 'MessageId'), status: 'accepted' };
    },
  }),
});

async function call(context: ProviderContext, method: 'GET' | 'POST', path: string, json?: unknown): Promise<unknown> {
  const { settings } = context;
  const region = settings['region']!;
  const url = joinUrl(settings['api_url'] ?? `https://email.${region}.amazonaws.com`, path);
  const body = json === undefined ? '' : JSON.stringify(json);
  const headers = signRequest(
    { method, url, headers: json === undefined ? {} : { 'content-type': 'application/json' }, body },
    {
      accessKeyId: settings['access_key_id']!,
      secretAccessKey: settings['secret_access_key']!,
      region,
      service: 'ses',
    },
    context.now(),
  );
  const answer = await context.http({ method, url, headers, ...(body === '' ? {} : { body }) });
  return readJson(withErrorType(answer), {
    effect: method === 'GET' ? 'read' : 'message',
    nowMs: context.now(),
    errorPaths: { code: ['code', '__type'], message: ['message', 'Message'] },
    codes: {
      AccountSuspendedException: 'configuration',
      MailFromDomainNotVerifiedException: 'configuration',
      SendingPausedException: 'configuration',
      NotFoundException: 'configuration',
      MessageRejected: 'rejected',
      BadRequestException: 'rejected',
      LimitExceededException: 'rate_limited',
      TooManyRequestsException: 'rate_limited',
      UnrecognizedClientException: 'configuration',
      InvalidSignatureException: 'configuration',
    },
  });
}

/** The kind of an error stands in a header, as `MessageRejected:http://…`. */
function withErrorType<A extends { status: number; headers: Record<string, string>; body: string }>(answer: A): A {
  const type = answer.headers['x-amzn-errortype']?.split(':')[0];
  if (answer.status < 400 || type === undefined) return answer;
  let message: unknown;
  try {
    const parsed = JSON.parse(answer.body);
    message = parsed.message ?? parsed.Message;
  } catch {
    message = undefined;
  }
  return { ...answer, body: JSON.stringify({ code: type, message }) };
}
