/** Reports as PDF, on the utility's paper: the same table as CSV has. What draws them is loaded where something is drawn. */
import type * as z from 'zod/mini';
import { type DisplayStyle, displayCode, displayDay, displayPeriod } from '../../../layers/documents/display.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { documentAnswer } from '../documents/document-routes.ts';
import type { DocumentLanguage } from '../documents/document-schema.ts';
import type { PrintedReport } from '../documents/draw-report.ts';
import { word } from '../documents/labels.ts';
import { lossReportTable, lossTextHeadings } from '../losses/loss-report-table.ts';
import type { showLossReport } from '../losses/show-loss-report.ts';
import { reportNames } from './report-names.ts';
import { reportTable, textHeadings } from './report-table.ts';
import type { showReport } from './show-report.ts';

type Completed<R> = Extract<R, { result: unknown }>;
type BillingReport = Completed<Awaited<ReturnType<typeof showReport>>>;
type LossReport = Completed<Awaited<ReturnType<typeof showLossReport>>>;
type Printed = Omit<PrintedReport, 'facts' | 'title'> & { kind: keyof typeof reportNames };
type Facts = (style: DisplayStyle) => (readonly [string, string])[];

/** Documents are in these two; whoever reads another language gets English. */
export const languageOf = (locale: Locale): DocumentLanguage => (locale === 'ar' ? 'ar' : 'en');

const words = {
  asOf: { en: 'As of', ar: 'حتى نهاية' },
  route: { en: 'Route', ar: 'المسار' },
} as const;

export function printReport(session: TenantSession, report: BillingReport, language: DocumentLanguage) {
  const { id, kind, routeId, createdAt: made } = report;
  const printed: Printed = {
    ...{ id, kind, made },
    table: reportTable(report, language, true),
    texts: textHeadings(language),
    ...(kind === 'top_debtors' ? { keys: 4 } : {}),
  };
  return print(session, printed, language, (style) => [
    'asOf' in report
      ? [words.asOf[language], displayDay(report.asOf, style)]
      : [word('period', language), displayPeriod(report.from, addDays(report.to, 1), style)],
    ...(routeId === undefined ? [] : [[words.route[language], displayCode(routeId, style)] as const]),
  ]);
}

export function printLossReport(session: TenantSession, report: LossReport, language: DocumentLanguage) {
  const { id, createdAt: made, from, to } = report;
  const table = lossReportTable(report, language);
  const printed: Printed = { ...{ id, made, table }, kind: 'losses', texts: lossTextHeadings(language) };
  return print(session, printed, language, (style) => [[word('period', language), displayPeriod(from, to, style)]]);
}

/** Cells of a table on paper: 25,000 take some 500 MB and ten seconds of the function's processor, of its 1,024 MB and 29. */
const mostCells = 25_000;

function refuseLong({ table }: Printed): void {
  const rows = table.length - 1;
  if (rows * table[0]!.length <= mostCells) return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `The report has ${rows} rows, more than are printed: take its table for spreadsheets, or ask for fewer days or groups.`,
      ar: `عدد صفوف التقرير ${rows}، وهو أكثر مما يُطبع: استخدم جدول البيانات، أو اطلب أيامًا أو مجموعات أقل.`,
    },
  });
}

/** @throws AppError `unprocessable` where it is too long for paper */
async function print(
  session: TenantSession,
  printed: Printed,
  language: DocumentLanguage,
  facts: Facts,
): Promise<{ data: z.infer<typeof documentAnswer> }> {
  refuseLong(printed);
  const { kind, ...report } = printed;
  const [{ drawReport }, { letterheadOf }, { downloadUrl, keepDrawn, urlSeconds }] = await Promise.all([
    import('../documents/draw-report.ts'),
    import('../documents/letterhead-of.ts'),
    import('../documents/keep-document.ts'),
  ]);
  const { letterhead, style } = await letterheadOf(session, language);
  const title = reportNames[kind][language];
  const bytes = await drawReport({ ...report, title, facts: facts(style) }, letterhead, style);
  const filename = `${kind}-${report.id}-${language}.pdf`;
  const drawn = await keepDrawn(session, `report/${report.id}/${filename}`, filename, bytes);
  return { data: { url: await downloadUrl(drawn), filename, expiresIn: urlSeconds } };
}
