/** Every word of the page in both languages. */
export type Language = 'en' | 'ar';

const texts = {
  docs: ['API documentation', 'توثيق الواجهة'],
  errors: ['Error codes', 'رموز الأخطاء'],
  areas: ['Areas of the API', 'مجالات الواجهة'],
  notLoaded: ['The documentation could not be loaded.', 'تعذّر تحميل التوثيق.'],
  health: ['Health', 'الحالة'],
  logIn: ['Log in', 'تسجيل الدخول'],
  logOut: ['Log out', 'تسجيل الخروج'],
  email: ['E-mail', 'البريد الإلكتروني'],
  password: ['Password', 'كلمة المرور'],
  load: ['Load, live', 'الحمل المباشر'],
  kilowatts: ['kW', 'ك.و'],
  nothing: ['Nothing yet.', 'لا شيء بعد.'],
  metersSeen: ['meters seen', 'عدادًا'],
  readingsReceived: ['readings received', 'قراءة مستلمة'],
  readings: ['Last readings', 'آخر القراءات'],
  meter: ['Meter', 'العداد'],
  register: ['Register, kWh', 'القراءة، ك.و.س'],
  power: ['Power, kW', 'القدرة، ك.و'],
  time: ['Time', 'الوقت'],
  alarms: ['Alarms', 'التنبيهات'],
  events: ['Last events', 'آخر الأحداث'],
  type: ['Type', 'النوع'],
  aggregate: ['About', 'يخص'],
  deliveries: ['Last webhook deliveries', 'آخر تسليمات الويب هوك'],
  endpoint: ['Endpoint', 'الوجهة'],
  state: ['State', 'الحالة'],
  attempts: ['Attempts', 'المحاولات'],
  open: ['live', 'متصل'],
  closed: ['not connected', 'غير متصل'],
} as const;

export type TextName = keyof typeof texts;

let language: Language =
  localStorage.getItem('language') === 'ar' ||
  (!localStorage.getItem('language') && navigator.language.startsWith('ar'))
    ? 'ar'
    : 'en';

export const currentLanguage = (): Language => language;
export const text = (name: TextName): string => texts[name][language === 'ar' ? 1 : 0];

/** Puts the language on the page and calls back when the reader changes it. */
export function setUpLanguage(onChange: () => void): void {
  const button = document.querySelector<HTMLButtonElement>('#language')!;
  const show = () => {
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
    button.textContent = language === 'ar' ? 'English' : 'العربية';
    for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
      element.textContent = text(element.dataset['text'] as TextName);
    onChange();
  };
  button.addEventListener('click', () => {
    language = language === 'ar' ? 'en' : 'ar';
    localStorage.setItem('language', language);
    show();
  });
  show();
}

export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(iso));
}

export function formatNumber(value: number, digits = 2): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );
}
