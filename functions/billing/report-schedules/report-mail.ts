/** What recipients of a scheduled report are written, in the schedule's language. */
import { type DisplayStyle, displayDay, displayPeriod } from '../../../layers/documents/display.ts';
import {
  type MessageText,
  type RenderedMessage,
  renderMessage,
} from '../../../layers/kernel/messages/message-template.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { reportNames } from '../reports/report-names.ts';
import { isAsOf } from '../reports/report-schema.ts';
import type { ScheduleRun } from './schedule-entity.ts';

type Texts = Record<DisplayStyle['language'], MessageText>;

const linked: Texts = {
  en: {
    subject: '{utility}: {name}, {period}',
    paragraphs: [
      'The report "{name}" is ready: {kind}, {period}.',
      'The table for spreadsheets is here:',
      '{link}',
      'To print it:',
      '{pdf}',
      'The links are yours alone and good for {days} days, while you may see the report.',
    ],
    short: '{name}',
  },
  ar: {
    subject: '{utility}: {name}، {period}',
    paragraphs: [
      'التقرير "{name}" جاهز: {kind}، {period}.',
      'جدول البيانات هنا:',
      '{link}',
      'للطباعة:',
      '{pdf}',
      'الرابطان لك وحدك ويصلحان {days} أيام ما دام مسموحًا لك بالاطلاع على التقرير.',
    ],
    short: '{name}',
  },
};

const unlinked: Texts = {
  en: {
    subject: linked.en.subject,
    paragraphs: [linked.en.paragraphs[0]!, 'Log in to see it. Its number is', '{report}'],
    short: '{name}',
  },
  ar: {
    subject: linked.ar.subject,
    paragraphs: [linked.ar.paragraphs[0]!, 'سجّل الدخول للاطلاع عليه. رقمه', '{report}'],
    short: '{name}',
  },
};

const missing: Texts = {
  en: {
    subject: '{utility}: {name} could not be made',
    paragraphs: ['The report "{name}" ({kind}, {period}) could not be made. {why}'],
    short: '{name}',
  },
  ar: {
    subject: '{utility}: تعذر إعداد {name}',
    paragraphs: ['تعذر إعداد التقرير "{name}" ({kind}، {period}). {why}'],
    short: '{name}',
  },
};

const reasons: Record<NonNullable<ScheduleRun['failure']>, { en: string; ar: string }> = {
  refused: { en: 'It could not be ordered so any more.', ar: 'لم يعد ممكنًا طلبه بهذه الصورة.' },
  area_gone: { en: 'One of its loss areas was deleted.', ar: 'حُذفت إحدى مناطق الفاقد.' },
  too_many_meters: { en: 'It would have more meters than a report holds.', ar: 'عدداته أكثر مما يتسع له التقرير.' },
  stuck: {
    en: 'It did not come to its end in hours. It can be resumed by hand.',
    ar: 'لم يكتمل خلال ساعات. يمكن استئنافه يدويًا.',
  },
};

export interface MailParts {
  utility: string;
  /** Where the report opens, if the tenant said where the API is reached. */
  link: string | undefined;
  linkDays: number;
}

export function composeReportMail(
  run: ScheduleRun,
  style: DisplayStyle,
  { utility, link, linkDays }: MailParts,
): RenderedMessage {
  const { language } = style;
  const { name, kind, from, to, status, reportId, failure, detail } = run;
  const period = isAsOf(kind) || from === to ? displayDay(to, style) : displayPeriod(from, addDays(to, 1), style);
  const template = status === 'failed' ? missing : link === undefined ? unlinked : linked;
  return renderMessage(template, language, {
    utility,
    name,
    period,
    kind: reportNames[kind][language],
    link: link ?? '',
    pdf: link === undefined ? '' : `${link}/pdf`,
    report: reportId ?? '',
    days: String(linkDays),
    why: status === 'failed' ? [reasons[failure!][language], ...(detail === undefined ? [] : [detail])].join(' ') : '',
  });
}
