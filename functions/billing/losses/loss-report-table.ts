/** A loss report as a table for spreadsheets, headed in the reader's language: areas, and below them all together. */
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import type { LossRow, LossTotal } from './loss-report-schema.ts';

/** Of rows, of what they stand on, and of totals; what one of them does not have is empty. */
type Column = keyof LossRow | keyof LossRow['quality'] | keyof LossTotal;

const columns: readonly [name: Column, en: string, ar: string][] = [
  ['name', 'Area', 'المنطقة'],
  ['kind', 'Kind', 'النوع'],
  ['from', 'From', 'من'],
  ['to', 'First day after', 'أول يوم بعدها'],
  ['inputKwh', 'Input kWh', 'الداخل ك.و.س'],
  ['returnedKwh', 'Returned kWh', 'المُعاد ك.و.س'],
  ['fedInKwh', 'Fed in kWh', 'المُغذّى ك.و.س'],
  ['meteredKwh', 'Metered kWh', 'المقيس ك.و.س'],
  ['unmeteredKwh', 'Not metered, known kWh', 'غير مقيس ومعلوم ك.و.س'],
  ['billedKwh', 'Billed kWh', 'المفوتر ك.و.س'],
  ['soldKwh', 'Sold by token kWh', 'المباع بالرموز ك.و.س'],
  ['unbilledKwh', 'Not billed yet kWh', 'غير المفوتر بعد ك.و.س'],
  ['withoutSupplyKwh', 'Without a customer kWh', 'دون مشترك ك.و.س'],
  ['lossKwh', 'Loss kWh', 'الفاقد ك.و.س'],
  ['lossPercent', 'Loss %', 'الفاقد %'],
  ['technicalLossKwh', 'Technical loss kWh', 'الفاقد الفني ك.و.س'],
  ['commercialLossKwh', 'Commercial loss kWh', 'الفاقد التجاري ك.و.س'],
  ['commercialLossPercent', 'Commercial loss %', 'الفاقد التجاري %'],
  ['commercialLossChange', 'Change, points', 'التغير بالنقاط'],
  ['billingEfficiencyPercent', 'Billing efficiency %', 'كفاءة الفوترة %'],
  ['collectionRatePercent', 'Collection rate %', 'نسبة التحصيل %'],
  ['atccLossPercent', 'AT&C losses %', 'الفاقد الفني والتجاري والتحصيلي %'],
  ['meters', 'Meters', 'العدادات'],
  ['unreadMeters', 'Unread meters', 'عدادات بلا قراءة'],
  ['incompleteMeters', 'Incomplete meters', 'عدادات ناقصة القراءة'],
  ['unknownInputs', 'Unknown inputs', 'مداخل غير معروفة'],
  ['sharedInputs', 'Inputs of two areas', 'مداخل في منطقتين'],
  ['inputIntegratedKwh', 'Input, from power kWh', 'الداخل المحسوب من القدرة ك.و.س'],
  ['inputBridgedKwh', 'Of that, in bridged gaps kWh', 'منه في فجوات مسدودة ك.و.س'],
  ['daysWithoutInput', 'Days without input', 'أيام بلا مدخل'],
  ['meteredEstimatedPercent', 'Metered, estimated %', 'المقدّر من المقيس %'],
  ['billedEstimatedKwh', 'Billed, estimated kWh', 'المقدّر من المفوتر ك.و.س'],
  ['billedApportionedPercent', 'Billed, apportioned %', 'الموزّع من المفوتر %'],
  ['withinAreaId', 'Part of', 'جزء من'],
];

/** Headings of columns whose digits are no number. */
export const lossTextHeadings = (locale: Locale): ReadonlySet<string> =>
  new Set(
    columns
      .filter(([column]) => ['name', 'kind', 'withinAreaId'].includes(column))
      .map(([, en, ar]) => (locale === 'ar' ? ar : en)),
  );

export function lossReportTable(
  { result, totals }: { result: readonly LossRow[]; totals: readonly LossTotal[] },
  locale: Locale,
): string[][] {
  const head = columns.map(([, en, ar]) => (locale === 'ar' ? ar : en));
  const name = locale === 'ar' ? 'كل المناطق' : 'All areas';
  const nameOf = new Map(result.map(({ areaId, name: own }) => [areaId, own]));
  const lines: Partial<Record<Column, unknown>>[] = [
    ...result.map(({ quality, kind, ...row }) => ({
      ...row,
      ...quality,
      kind: locale === 'ar' ? arabicKinds[kind] : kind,
      withinAreaId: nameOf.get(row.withinAreaId ?? ''),
    })),
    ...totals.map((total) => ({ ...total, name })),
  ];
  return [head, ...lines.map((line) => columns.map(([column]) => String(line[column] ?? '')))];
}

const arabicKinds: Record<LossRow['kind'], string> = { feeder: 'مغذٍّ', transformer: 'محوّل' };
