/** Disables an endpoint whose failure lasts, with the event that tells others and the alert that tells people. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { DisableReason } from '../../../layers/webhooks/endpoint-health.ts';
import { raiseAlert } from '../contract.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { webhookEndpointDisabled } from '../events.ts';
import { type WebhookHealth, webhookEntity } from './webhook-entity.ts';

const why: Record<DisableReason, { en: string; ar: string }> = {
  gone: { en: 'The receiver answered 410 Gone.', ar: 'أجاب المستقبِل بأنه لم يعد موجودًا (410).' },
  failing_for_days: { en: 'Nothing was delivered for three days.', ar: 'لم يُسلَّم شيء منذ ثلاثة أيام.' },
  messages_exhausted: { en: 'A hundred messages in a row were given up.', ar: 'تُركت مئة رسالة متتالية.' },
};

/** Does nothing when the endpoint is disabled already or gone. */
export async function disableWebhook(
  session: TenantSession,
  id: string,
  reason: DisableReason,
  health: WebhookHealth | undefined,
): Promise<void> {
  const webhook = await session.get(webhookEntity, { id }, { consistent: true });
  if (!webhook?.isActive) return;
  try {
    await session.transact('platform', (unit) => {
      unit.update(webhookEntity, webhook, {
        isActive: false,
        disabledReason: reason,
        disabledAt: session.context.now(),
      });
      unit.emit(webhookEndpointDisabled, {
        aggregateId: id,
        payload: {
          webhookId: id,
          name: webhook.name,
          url: webhook.url,
          reason,
          consecutiveFailures: health?.consecutiveFailures ?? 0,
          failingSince: health?.failingSince ?? null,
        },
      });
      raiseAlert(unit, {
        alertType: 'system',
        severity: 'error',
        title: { en: `Webhook "${webhook.name}" was disabled`, ar: `عُطّلت نقطة الاستقبال "${webhook.name}"` },
        description: `${why[reason].en} ${why[reason].ar}`,
        sourceSystem: 'platform',
        alertData: { webhookId: id, url: webhook.url, reason },
        dedupeKey: `webhook-disabled/${id}`,
      });
    });
  } catch (error) {
    // Another worker was faster, or somebody just changed the endpoint: the next failure decides anew.
    if (!isAppError(error) || error.code !== 'version_conflict') throw error;
  }
  forgetEndpoints(session.tenantId);
}
