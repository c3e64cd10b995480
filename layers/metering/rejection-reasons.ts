/** Why a message was not accepted: a closed list, since people filter and machines count by it. */

interface Summary {
  en: string;
  ar: string;
}

export const rejectionReasons = {
  unknown_topic: { en: 'The topic is not one that devices publish to.', ar: 'الموضوع ليس من مواضيع الأجهزة.' },
  unknown_station: { en: 'Nobody has registered this station.', ar: 'المحطة غير مسجّلة.' },
  unknown_meter: { en: 'The station’s owner has no such meter.', ar: 'لا يوجد عداد بهذا الرقم لدى مالك المحطة.' },
  meter_not_at_station: {
    en: 'The meter was not at this station at that time.',
    ar: 'العداد لم يكن في هذه المحطة في ذلك الوقت.',
  },
  meter_not_installed: { en: 'No device was installed at that time.', ar: 'لم يكن أي جهاز مركّبًا في ذلك الوقت.' },
  meter_retired: { en: 'The meter is retired.', ar: 'العداد خارج الخدمة.' },
  meter_id_mismatch: {
    en: 'The message names another meter than its topic.',
    ar: 'رقم العداد في الرسالة يخالف رقمه في الموضوع.',
  },
  payload_too_large: { en: 'The message is too large.', ar: 'الرسالة أكبر من المسموح.' },
  invalid_json: { en: 'The message is not JSON in UTF-8.', ar: 'الرسالة ليست JSON بترميز UTF-8.' },
  invalid_payload: { en: 'A field is missing or has the wrong type.', ar: 'حقل ناقص أو من نوع خاطئ.' },
  unexpected_event_type: { en: 'The event type does not belong here.', ar: 'نوع الحدث لا ينتمي إلى هنا.' },
  invalid_timestamp: { en: 'The timestamp is not an RFC 3339 time.', ar: 'الوقت ليس بصيغة RFC 3339.' },
  timestamp_in_future: { en: 'The timestamp lies in the future.', ar: 'الوقت في المستقبل.' },
  timestamp_too_old: { en: 'The reading is older than two years.', ar: 'القراءة أقدم من سنتين.' },
  register_out_of_range: {
    en: 'The register cannot show this value.',
    ar: 'السجل لا يمكن أن يعرض هذه القيمة.',
  },
  value_out_of_range: { en: 'A measured value is not plausible.', ar: 'قيمة مقاسة غير معقولة.' },
  register_decreased: {
    en: 'The register contradicts a known reading: it would have gone backwards.',
    ar: 'السجل يناقض قراءة معروفة: كان سيتراجع.',
  },
  register_jumped: {
    en: 'The register contradicts a known reading: the meter cannot count that fast.',
    ar: 'السجل يناقض قراءة معروفة: العداد لا يعدّ بهذه السرعة.',
  },
} as const satisfies Record<string, Summary>;

export type RejectionReason = keyof typeof rejectionReasons;

export const rejectionReasonNames = Object.keys(rejectionReasons) as [RejectionReason, ...RejectionReason[]];

export interface Rejection {
  reason: RejectionReason;
  /** What exactly was wrong, with the values. */
  detail: string;
}

export const reject = (reason: RejectionReason, detail: string): Rejection => ({ reason, detail });

export function isRejection(value: object): value is Rejection {
  return 'reason' in value;
}
