/**
 * Mails a run that ended to its recipients: those the schedule names now, each once. Whoever sends to one notes it before and
 * after, on the run's version: two who do so at once send one mail, and one who dies in between leaves it to the next.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { sendEmail } from '../../../layers/kernel/messages/send-email.ts';
import { colleague, tenantProfile } from '../../identity/contract.ts';
import { publishAlert } from '../../platform/contract.ts';
import { readMessageSettings } from '../messages/message-settings.ts';
import { recipientsAlert } from './end-run.ts';
import { addReportLink, linkDays } from './report-link.ts';
import { composeReportMail } from './report-mail.ts';
import { type ScheduleRun, scheduleEntity, scheduleRunEntity } from './schedule-entity.ts';
import type { ReportSchedule, skipReasons } from './schedule-schema.ts';
import { permissionOn } from './scheduled-report.ts';

type Mail = ScheduleRun['mails'][string];
type RunKey = Pick<ScheduleRun, 'scheduleId' | 'day'>;

/** A sender who was not heard of for so long is gone: longer than the function may run. */
const goneMs = 5 * 60_000;

/** @throws what kept mails from being sent, when the others are */
export async function mailRun(session: TenantSession, key: RunKey): Promise<void> {
  const schedule = await session.get(scheduleEntity, { id: key.scheduleId }, { consistent: true });
  // Deleted meanwhile: nobody waits for it.
  if (schedule === undefined) return;
  const { recipients } = schedule;
  const troubles: unknown[] = [];
  for (const userId of recipients) await mailTo(session, schedule, key, userId).catch((error) => troubles.push(error));
  if (troubles.length > 0) throw new AggregateError(troubles, `${troubles.length} mails of a report were not sent.`);
  const { mails } = await session.require(scheduleRunEntity, key);
  if (recipients.length > 0 && recipients.every((id) => mails[id]?.status === 'skipped'))
    await tellNobodyGotIt(session, schedule, key);
}

async function mailTo(session: TenantSession, schedule: ReportSchedule, key: RunKey, userId: string): Promise<void> {
  const run = await session.require(scheduleRunEntity, key);
  if (run.mails[userId] !== undefined && run.mails[userId].status !== 'sending') return;
  const at = session.context.now();
  const to = await addressOf(session, userId, run);
  if ('reason' in to) {
    await noteMail(session, key, userId, (before) => before ?? { status: 'skipped', reason: to.reason, at });
    return;
  }
  const [settings, profile] = await Promise.all([readMessageSettings(session), tenantProfile(session)]);
  let link: string | undefined;
  const isMine = await noteMail(session, key, userId, (before, unit) => {
    if (before !== undefined && before.status !== 'sending') return before;
    if (before !== undefined && Date.parse(at) - Date.parse(before.at) < goneMs)
      throw new Error('Another one is sending this mail; whether it was sent is seen later.');
    const { publicUrl } = settings;
    if (publicUrl !== undefined && run.status === 'completed')
      link = publicUrl + addReportLink(unit, session, run, userId, schedule.language);
    return { status: 'sending', at };
  });
  if (!isMine) return;
  const style = { language: schedule.language, digits: settings.digits };
  const utility = settings.utilityName?.[schedule.language] ?? profile.name;
  const { subject, text, html } = composeReportMail(run, style, { utility, link, linkDays });
  await sendEmail({ to: to.email, subject, text, html });
  await noteMail(session, key, userId, () => ({ status: 'sent', at: session.context.now() }));
}

async function addressOf(
  session: TenantSession,
  userId: string,
  { kind }: ScheduleRun,
): Promise<{ email: string } | { reason: (typeof skipReasons)[number] }> {
  const person = await colleague(session, userId);
  if (person === undefined) return { reason: 'gone' };
  if (!person.may(permissionOn(kind, 'read'))) return { reason: 'not_permitted' };
  return person.email === undefined ? { reason: 'no_confirmed_email' } : { email: person.email };
}

/** @param decide what is to be known of the mail, by what is known; the same leaves it @returns whether it was changed */
const noteMail = (
  session: TenantSession,
  key: RunKey,
  userId: string,
  decide: (before: Mail | undefined, unit: UnitOfWork) => Mail,
): Promise<boolean> =>
  retryOnChange(async () => {
    const run = await session.require(scheduleRunEntity, key);
    const before = run.mails[userId];
    const unit = session.begin('billing');
    const mail = decide(before, unit);
    if (mail === before) return false;
    unit.update(scheduleRunEntity, run, { mails: { ...run.mails, [userId]: mail } }, { isAudited: false });
    await unit.commit();
    return true;
  });

const tellNobodyGotIt = (session: TenantSession, { id, name }: ReportSchedule, { day }: RunKey): Promise<void> =>
  publishAlert(
    session,
    'billing',
    {
      alertType: 'business',
      severity: 'warning',
      title: {
        en: `Nobody may get the scheduled report "${name}" any more`,
        ar: `لم يعد أحد مخولًا باستلام التقرير المجدول "${name}"`,
      },
      sourceSystem: 'billing',
      alertData: { scheduleId: id, day },
      dedupeKey: recipientsAlert(id),
    },
    `report-recipients-${id}-${day}`,
  );
