/** What each error code says to a person, in every language of the console. `{name}` is replaced by the error's values. */
import type { ErrorCode } from '../errors/error-codes.ts';
import type { Locale } from './locale.ts';

export const errorMessages: Record<ErrorCode, Record<Locale, string>> = {
  malformed_request: {
    en: 'The request could not be read: the body is not valid JSON.',
    ar: 'تعذّرت قراءة الطلب: المحتوى ليس JSON صالحًا.',
  },
  validation_failed: { en: 'Some fields are missing or wrong.', ar: 'بعض الحقول ناقصة أو غير صحيحة.' },
  invalid_cursor: { en: 'The paging cursor is not valid for this list.', ar: 'مؤشر الصفحات غير صالح لهذه القائمة.' },
  invalid_code: {
    en: 'The code is wrong or no longer valid. Ask for a new one.',
    ar: 'الرمز غير صحيح أو انتهت صلاحيته. اطلب رمزًا جديدًا.',
  },
  unauthenticated: { en: 'Log in or send an API key.', ar: 'سجّل الدخول أو أرسل مفتاح API.' },
  invalid_credentials: {
    en: 'The log-in name or the password is wrong.',
    ar: 'اسم الدخول أو كلمة المرور غير صحيحة.',
  },
  forbidden: {
    en: 'You may not do this: the permission "{permission}" is needed.',
    ar: 'لا تملك الصلاحية المطلوبة: "{permission}".',
  },
  not_found: { en: 'There is no {entity} "{id}".', ar: 'لا يوجد {entity} بالمعرّف "{id}".' },
  no_such_address: { en: 'There is no such address.', ar: 'لا يوجد عنوان كهذا.' },
  method_not_allowed: { en: 'This address does not support the method.', ar: 'هذا العنوان لا يدعم هذه العملية.' },
  not_acceptable: { en: 'The requested format is not available.', ar: 'الصيغة المطلوبة غير متاحة.' },
  conflict: { en: 'The request does not fit the present state.', ar: 'الطلب لا يتوافق مع الحالة الحالية.' },
  already_exists: { en: 'The {entity} "{id}" is taken.', ar: 'يوجد بالفعل {entity} بالمعرّف "{id}".' },
  idempotency_in_progress: {
    en: 'The first request with this Idempotency-Key is still running. Try again shortly.',
    ar: 'الطلب الأول بهذا المفتاح ما زال قيد التنفيذ. حاول بعد قليل.',
  },
  idempotency_answer_lost: {
    en: 'The first request with this Idempotency-Key took effect, but its answer was lost. Read the resource to see the result.',
    ar: 'نُفّذ الطلب الأول بهذا المفتاح لكن فُقد ردّه. اقرأ المورد لمعرفة النتيجة.',
  },
  gone: { en: 'This no longer exists.', ar: 'لم يعد هذا موجودًا.' },
  version_conflict: {
    en: 'Somebody changed it since you read it. Read it again and repeat your change.',
    ar: 'تغيّر السجل منذ قراءتك له. أعد القراءة ثم كرّر التعديل.',
  },
  payload_too_large: { en: 'The request is too large.', ar: 'حجم الطلب أكبر من المسموح.' },
  unsupported_media_type: { en: 'Send the body as application/json.', ar: 'أرسل المحتوى بصيغة application/json.' },
  unprocessable: { en: 'The request cannot be carried out.', ar: 'لا يمكن تنفيذ الطلب.' },
  idempotency_key_reused: {
    en: 'This Idempotency-Key was used with a different request.',
    ar: 'استُخدم هذا المفتاح مع طلب مختلف.',
  },
  version_required: {
    en: 'Send the version you read in the If-Match header.',
    ar: 'أرسل رقم الإصدار الذي قرأته في ترويسة If-Match.',
  },
  rate_limited: {
    en: 'Too many requests. Try again in {retryAfterSeconds} seconds.',
    ar: 'طلبات كثيرة جدًا. انتظر {retryAfterSeconds} ث ثم حاول مجددًا.',
  },
  outcome_unknown: {
    en: 'The provider may have done it, but gave no answer. It is not done again; ask for its state.',
    ar: 'ربما نفّذ مزوّد الخدمة الطلب لكنه لم يُجب. لن يُعاد تنفيذه؛ استعلم عن حالته.',
  },
  all_providers_failed: {
    en: 'No provider could do it: {causes}',
    ar: 'لم يتمكن أي مزوّد من تنفيذ الطلب: {causes}',
  },
  internal: {
    en: 'Something went wrong on our side. Quote the correlation id if you report it.',
    ar: 'حدث خطأ من جانبنا. اذكر رقم التتبع عند الإبلاغ.',
  },
  unavailable: { en: 'The service is busy. Try again shortly.', ar: 'الخدمة مشغولة. حاول بعد قليل.' },
};

/** The same for errors that came without the values which the words of their code want. */
export const plainMessages: Partial<Record<ErrorCode, Record<Locale, string>>> = {
  forbidden: { en: 'You may not do this.', ar: 'ليس مسموحًا لك بهذا.' },
  not_found: { en: 'What was asked for does not exist.', ar: 'المطلوب غير موجود.' },
  already_exists: { en: 'There is such a record already.', ar: 'يوجد سجل كهذا من قبل.' },
  rate_limited: { en: 'Too many requests. Try again later.', ar: 'طلبات كثيرة جدًا. حاول لاحقًا.' },
  all_providers_failed: { en: 'No provider could do it.', ar: 'لم يتمكن أي مزوّد من تنفيذ الطلب.' },
};
