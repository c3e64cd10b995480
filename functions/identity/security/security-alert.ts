/** What looks like an attack becomes an alert of the tenant, counted while it is open instead of repeated. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type AlertInput, publishAlert } from '../../platform/contract.ts';

export type Suspicion = 'refresh_reuse' | 'guessing' | 'code_abuse' | 'new_network';

/** "Security Alert" is critical; a new network is a reason to look and mostly nothing. */
const alerts: Record<Suspicion, Pick<AlertInput, 'severity' | 'title'>> = {
  refresh_reuse: {
    severity: 'critical',
    title: {
      en: 'A used refresh token of {name} came back: the log-in was ended',
      ar: 'أُعيد استخدام رمز تجديد قديم للمستخدم {name}: أُنهيت الجلسة',
    },
  },
  guessing: {
    severity: 'critical',
    title: {
      en: 'Somebody tries passwords or codes at the account of {name}',
      ar: 'يحاول أحدهم تخمين كلمة مرور أو رمز حساب {name}',
    },
  },
  code_abuse: {
    severity: 'critical',
    title: {
      en: 'A one-time code of {name} was guessed at until it ended',
      ar: 'جرت محاولات تخمين رمز مؤقت للمستخدم {name} حتى انتهى',
    },
  },
  new_network: {
    severity: 'warning',
    title: {
      en: 'Owner {name} logged in from a network not seen before',
      ar: 'سجّل المالك {name} الدخول من شبكة لم تُستخدم من قبل',
    },
  },
};

export interface SuspiciousAct {
  tenantId: string;
  userId: string;
  name: string;
  clientIp: string;
  correlationId: string;
}

/** Never fails the request it is raised in: a log-in must not depend on the alert about it. */
export async function raiseSecurityAlert(kind: Suspicion, act: SuspiciousAct): Promise<void> {
  const { severity, title } = alerts[kind];
  const session = openSession(act.tenantId, { correlationId: act.correlationId, clientIp: act.clientIp });
  const named = (text: string): string => text.replace('{name}', () => act.name).slice(0, 500);
  await publishAlert(session, 'identity', {
    alertType: 'security',
    severity,
    title: { en: named(title.en), ar: named(title.ar) },
    sourceSystem: 'identity',
    alertData: { kind, userId: act.userId, clientIp: act.clientIp },
    dedupeKey: `security/${kind}/${act.userId}`,
  }).catch((error: unknown) => logger.error('security alert not raised', { kind, error: error as Error }));
}
