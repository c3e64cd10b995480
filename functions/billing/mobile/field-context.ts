/** Who works in the field, and what an operation of theirs may end in. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fillTemplate, type Locale, type Translated } from '../../../layers/kernel/i18n/locale.ts';
import { type ClockBounds, type JudgedTime, judgeTime } from './device-clock.ts';
import type { OperationResult } from './operation-schema.ts';

export interface FieldWorker {
  session: TenantSession;
  userId: string;
  locale: Locale;
  /** How far the device’s clock is behind, milliseconds. */
  skewMs: number;
  mayCollect: boolean;
  timeZone: string;
  /** Of the tenant. */
  currency: string;
  /** Of the operation at hand. */
  digest: string;
  /** Of the operation at hand: what the server knows of its time. */
  bounds: ClockBounds;
}

const reasons = {
  invalid_operation: { en: 'The operation cannot be read: {detail}', ar: 'تعذرت قراءة العملية: {detail}' },
  not_found: { en: 'You have no such route.', ar: 'لا توجد لديك هذه الجولة.' },
  not_on_route: { en: 'Meter {detail} is not on this route.', ar: 'العداد {detail} ليس ضمن هذه الجولة.' },
  unknown_photo: { en: 'Photo {detail} is not one of yours.', ar: 'الصورة {detail} ليست من صورك.' },
  outside_expected_range: {
    en: 'Between {low} and {high} kWh was expected. Look again, then confirm.',
    ar: 'المتوقع بين {low} و{high} ك.و.س. انظر ثانية ثم أكّد.',
  },
  too_many_readings: { en: 'The meter was read too often on this day.', ar: 'قُرئ العداد مرات كثيرة في هذا اليوم.' },
  id_reused: {
    en: 'Another operation came under this id. Give this one an id of its own.',
    ar: 'وردت عملية أخرى بهذا المعرّف. أعط هذه العملية معرّفًا خاصًا بها.',
  },
  route_closed: { en: 'The route is closed.', ar: 'الجولة مغلقة.' },
  forbidden: { en: 'You may not collect money.', ar: 'لا يُسمح لك بالتحصيل.' },
  customer_not_at_meter: {
    en: 'The customer is not at a meter of your route; a person looks at it.',
    ar: 'المشترك ليس على عداد في جولتك؛ سيراجعها شخص.',
  },
  over_limit: {
    en: 'This is more than you may collect; a person looks at it.',
    ar: 'يتجاوز المبلغ حد التحصيل المسموح لك؛ سيراجعه شخص.',
  },
  receipt_number_used: {
    en: 'The receipt number was used before; a person looks at it.',
    ar: 'رقم الإيصال مستخدم من قبل؛ سيراجعه شخص.',
  },
  not_payable: { en: 'It cannot be recorded as it is: {detail}', ar: 'تعذر تسجيلها كما هي: {detail}' },
  clock_doubtful: {
    en: 'The clock of the device was set meanwhile; a person looks at it.',
    ar: 'ضُبطت ساعة الجهاز في أثناء ذلك؛ سيراجعها شخص.',
  },
  unavailable: { en: 'Not possible for now. Send it again.', ar: 'غير ممكن الآن. أعد الإرسال.' },
} as const satisfies Record<string, Translated>;
export type Reason = keyof typeof reasons;

export const sayReason = (reason: Reason, locale: Locale, values: Record<string, string> = {}): string =>
  fillTemplate(reasons[reason][locale], values);

export const rejected = (
  { locale }: Pick<FieldWorker, 'locale'>,
  id: string,
  reason: Reason,
  values: Record<string, string> = {},
  more: Partial<OperationResult> = {},
): OperationResult => ({ id, status: 'rejected', reason, message: sayReason(reason, locale, values), ...more });

/** When the operation at hand was done, by the server’s clock. @param routeMadeAt nothing was done on it long before */
export const takenTime = (
  { session, skewMs, bounds }: Pick<FieldWorker, 'session' | 'skewMs' | 'bounds'>,
  deviceTime: string,
  routeMadeAt: string | undefined,
): JudgedTime => judgeTime(deviceTime, skewMs, Date.parse(session.context.now()), { ...bounds, routeMadeAt });
