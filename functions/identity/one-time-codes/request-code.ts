/** Asks for a code. The answer and its time are the same whoever the target is: what is sent is decided behind the queue. */
import { createHash } from 'node:crypto';
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { messageLocaleOf } from '../../../layers/kernel/messages/message-template.ts';
import { queueMessage } from '../messages/queue-message.ts';
import type { Caller } from '../security/acting-user.ts';
import { countAttempt } from '../security/attempts.ts';
import type { OtpKey } from './otp-entity.ts';

/** Of one target by one network: a person whose code did not come asks again, and again. */
const ofNetwork = { perMinute: 3, perDay: 15 };
/** Of one target by everybody: nobody's phone is flooded, and nobody pays for it. */
const ofTarget = { perMinute: 5, perDay: 40 };

export interface CodeCaller extends Caller {
  headers: Readonly<Record<string, string | undefined>>;
  locale: 'en' | 'ar';
}

/** @throws AppError `rate_limited` */
export async function requestCode(
  otp: OtpKey,
  caller: CodeCaller,
  about: { tenantId?: string; userId?: string } = {},
): Promise<void> {
  await countAttempt('code', otp.target, caller.clientIp, ofNetwork);
  const target = createHash('sha256').update(otp.target).digest('base64url');
  await countRequest('anonymous', `code ${target}`, ofTarget, Date.now());
  await queueMessage({
    kind: 'code',
    requestId: newId('req'),
    ...otp,
    ...about,
    locale: messageLocaleOf(caller.headers['accept-language'], caller.locale),
    correlationId: caller.correlationId,
  });
}
