/** The rows of a loss report as a table for spreadsheets, headed in the reader's language. */
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import type { LossRow } from './loss-report-schema.ts';

const columns: readonly [value: (row: LossRow, locale: Locale) => string | number | null, en: string, ar: string][] = [
  [({ name }) => name, 'Area', 'المنطقة'],
  [({ kind }, locale) => (locale === 'ar' ? arabicKinds[kind] : kind), 'Kind', 'النوع'],
  [({ from }) => from, 'From', 'من'],
  [({ to }) => to, 'First day after', 'أول يوم بعدها'],
  [({ inputKwh }) => inputKwh, 'Input kWh', 'الداخل ك.و.س'],
  [({ returnedKwh }) => returnedKwh, 'Returned kWh', 'المُعاد ك.و.س'],
  [({ fedInKwh }) => fedInKwh, 'Fed in kWh', 'المُغذّى ك.و.س'],
  [({ meteredKwh }) => meteredKwh, 'Metered kWh', 'المقيس ك.و.س'],
  [({ billedKwh }) => billedKwh, 'Billed kWh', 'المفوتر ك.و.س'],
  [({ soldKwh }) => soldKwh, 'Sold by token kWh', 'المباع بالرموز ك.و.س'],
  [({ unbilledKwh }) => unbilledKwh, 'Not billed yet kWh', 'غير المفوتر بعد ك.و.س'],
  [({ withoutSupplyKwh }) => withoutSupplyKwh, 'Without a customer kWh', 'دون مشترك ك.و.س'],
  [({ lossKwh }) => lossKwh, 'Loss kWh', 'الفاقد ك.و.س'],
  [({ lossPercent }) => lossPercent, 'Loss %', 'الفاقد %'],
  [({ technicalLossKwh }) => technicalLossKwh, 'Technical loss kWh', 'الفاقد الفني ك.و.س'],
  [({ commercialLossKwh }) => commercialLossKwh, 'Commercial loss kWh', 'الفاقد التجاري ك.و.س'],
  [({ commercialLossPercent }) => commercialLossPercent, 'Commercial loss %', 'الفاقد التجاري %'],
  [({ quality }) => quality.meters, 'Meters', 'العدادات'],
  [({ quality }) => quality.unreadMeters, 'Unread meters', 'عدادات بلا قراءة'],
  [({ quality }) => quality.incompleteMeters, 'Incomplete meters', 'عدادات ناقصة القراءة'],
  [({ quality }) => quality.unknownInputs, 'Unknown inputs', 'مداخل غير معروفة'],
  [({ quality }) => quality.sharedInputs, 'Inputs of two areas', 'مداخل في منطقتين'],
  [({ quality }) => quality.inputIntegratedKwh, 'Input, from power kWh', 'الداخل المحسوب من القدرة ك.و.س'],
  [({ quality }) => quality.inputBridgedKwh, 'Of that, in bridged gaps kWh', 'منه في فجوات مسدودة ك.و.س'],
  [({ quality }) => quality.daysWithoutInput, 'Days without input', 'أيام بلا مدخل'],
  [({ quality }) => quality.meteredEstimatedPercent, 'Metered, estimated %', 'المقدّر من المقيس %'],
  [({ quality }) => quality.billedEstimatedKwh, 'Billed, estimated kWh', 'المقدّر من المفوتر ك.و.س'],
  [({ quality }) => quality.billedApportionedPercent, 'Billed, apportioned %', 'الموزّع من المفوتر %'],
];

export function lossReportTable(rows: readonly LossRow[], locale: Locale): string[][] {
  const head = columns.map(([, en, ar]) => (locale === 'ar' ? ar : en));
  return [head, ...rows.map((row) => columns.map(([value]) => String(value(row, locale) ?? '')))];
}

const arabicKinds: Record<LossRow['kind'], string> = { feeder: 'مغذٍّ', transformer: 'محوّل' };
