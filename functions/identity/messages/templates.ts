/** What people are written, by purpose and language. */
import type { MessageLocale, MessageTemplate } from '../../../layers/kernel/messages/message-template.ts';
import type { OtpPurpose } from '../one-time-codes/otp-fields.ts';

interface CodeTexts {
  subject: string;
  /** What the code does. */
  use: string;
}

const codeTexts: Record<OtpPurpose, Record<MessageLocale, CodeTexts>> = {
  REGISTER: {
    en: { subject: 'Your sign-up code', use: 'With this code you sign up:' },
    ar: { subject: 'رمز التسجيل', use: 'بهذا الرمز تُتمّ تسجيلك:' },
    fa: { subject: 'کد ثبت‌نام', use: 'با این کد ثبت‌نام می‌کنید:' },
    ru: { subject: 'Код регистрации', use: 'Код для регистрации:' },
  },
  LOGIN: {
    en: { subject: 'Your log-in code', use: 'With this code you log in:' },
    ar: { subject: 'رمز الدخول', use: 'بهذا الرمز تسجّل دخولك:' },
    fa: { subject: 'کد ورود', use: 'با این کد وارد می‌شوید:' },
    ru: { subject: 'Код для входа', use: 'Код для входа:' },
  },
  RESET_PASSWORD: {
    en: { subject: 'Your code for a new password', use: 'With this code you choose a new password:' },
    ar: { subject: 'رمز كلمة المرور الجديدة', use: 'بهذا الرمز تختار كلمة مرور جديدة:' },
    fa: { subject: 'کد گذرواژهٔ تازه', use: 'با این کد گذرواژهٔ تازه‌ای برمی‌گزینید:' },
    ru: { subject: 'Код для нового пароля', use: 'Код для смены пароля:' },
  },
  VERIFY_EMAIL: {
    en: { subject: 'Confirm your e-mail', use: 'With this code you confirm your e-mail:' },
    ar: { subject: 'تأكيد بريدك الإلكتروني', use: 'بهذا الرمز تؤكد بريدك الإلكتروني:' },
    fa: { subject: 'تأیید ایمیل شما', use: 'با این کد ایمیل خود را تأیید می‌کنید:' },
    ru: { subject: 'Подтвердите почту', use: 'Код для подтверждения почты:' },
  },
  VERIFY_PHONE: {
    en: { subject: 'Confirm your phone', use: 'With this code you confirm your phone:' },
    ar: { subject: 'تأكيد هاتفك', use: 'بهذا الرمز تؤكد هاتفك:' },
    fa: { subject: 'تأیید تلفن شما', use: 'با این کد تلفن خود را تأیید می‌کنید:' },
    ru: { subject: 'Подтвердите телефон', use: 'Код для подтверждения телефона:' },
  },
  CHANGE_ADDRESS: {
    en: { subject: 'Confirm your new address', use: 'With this code you confirm your new address:' },
    ar: { subject: 'تأكيد عنوانك الجديد', use: 'بهذا الرمز تؤكد عنوانك الجديد:' },
    fa: { subject: 'تأیید نشانی تازهٔ شما', use: 'با این کد نشانی تازهٔ خود را تأیید می‌کنید:' },
    ru: { subject: 'Подтвердите новый адрес', use: 'Код для подтверждения нового адреса:' },
  },
};

const codeNotes: Record<MessageLocale, string> = {
  en: 'It is good for {minutes} minutes and for one use. Tell it to nobody; we never ask for it.',
  ar: 'يصلح لمدة {minutes} دقائق ولمرة واحدة. لا تخبر به أحدًا، ونحن لا نطلبه منك أبدًا.',
  fa: 'این کد {minutes} دقیقه و تنها یک بار کار می‌کند. آن را به کسی نگویید؛ ما هرگز آن را نمی‌پرسیم.',
  ru: 'Он действует {minutes} минут и только один раз. Никому его не сообщайте: мы никогда о нём не спрашиваем.',
};

export function codeTemplate(purpose: OtpPurpose): MessageTemplate {
  const inLanguage = (locale: MessageLocale) => {
    const { subject, use } = codeTexts[purpose][locale];
    return { subject, paragraphs: [use, '{code}', codeNotes[locale]], short: `{code} - ${subject} (Mizan)` };
  };
  return { en: inLanguage('en'), ar: inLanguage('ar'), fa: inLanguage('fa'), ru: inLanguage('ru') };
}

export const alreadyRegistered: MessageTemplate = {
  en: {
    subject: 'You have an account already',
    paragraphs: [
      'Somebody, perhaps you, tried to sign up with this address. It has an account already.',
      'If it was you, log in, or ask for a new password. If not, there is nothing to do.',
    ],
    short: 'This number has a Mizan account already. Log in, or ask for a new password.',
  },
  ar: {
    subject: 'لديك حساب بالفعل',
    paragraphs: [
      'حاول شخص ما، ربما أنت، التسجيل بهذا العنوان، وله حساب بالفعل.',
      'إن كنت أنت فسجّل الدخول أو اطلب كلمة مرور جديدة، وإلا فلا شيء عليك.',
    ],
    short: 'لهذا الرقم حساب في ميزان. سجّل الدخول أو اطلب كلمة مرور جديدة.',
  },
  fa: {
    subject: 'شما از پیش حساب دارید',
    paragraphs: [
      'کسی، شاید خود شما، خواست با این نشانی ثبت‌نام کند. این نشانی از پیش حساب دارد.',
      'اگر شما بودید وارد شوید یا گذرواژهٔ تازه بخواهید؛ وگرنه کاری لازم نیست.',
    ],
    short: 'این شماره در میزان حساب دارد. وارد شوید یا گذرواژهٔ تازه بخواهید.',
  },
  ru: {
    subject: 'У вас уже есть учётная запись',
    paragraphs: [
      'Кто-то, возможно вы, пытался зарегистрироваться с этим адресом. У него уже есть учётная запись.',
      'Если это были вы, войдите или запросите новый пароль. Если нет, ничего делать не нужно.',
    ],
    short: 'Этот номер уже зарегистрирован в Mizan. Войдите или запросите новый пароль.',
  },
};

export const invitationTemplate: MessageTemplate = {
  en: {
    subject: '{inviter} invites you to {tenant}',
    paragraphs: [
      '{inviter} invites you to work with {tenant} in Mizan.',
      'Accept with this code and choose a password:',
      '{token}',
      'It is good for {days} days. Tell it to nobody.',
    ],
    short: '{tenant} invites you to Mizan. Accept with: {token}',
  },
  ar: {
    subject: '{inviter} يدعوك إلى {tenant}',
    paragraphs: [
      'يدعوك {inviter} للعمل مع {tenant} في ميزان.',
      'اقبل الدعوة بهذا الرمز واختر كلمة مرور:',
      '{token}',
      'يصلح لمدة {days} أيام. لا تخبر به أحدًا.',
    ],
    short: 'تدعوك {tenant} إلى ميزان. اقبل بالرمز: {token}',
  },
  fa: {
    subject: '{inviter} شما را به {tenant} دعوت می‌کند',
    paragraphs: [
      '{inviter} شما را دعوت می‌کند که در میزان با {tenant} کار کنید.',
      'با این کد بپذیرید و گذرواژه‌ای برگزینید:',
      '{token}',
      'این کد {days} روز کار می‌کند. آن را به کسی نگویید.',
    ],
    short: '{tenant} شما را به میزان دعوت می‌کند. کد پذیرش: {token}',
  },
  ru: {
    subject: '{inviter} приглашает вас в {tenant}',
    paragraphs: [
      '{inviter} приглашает вас работать с {tenant} в Mizan.',
      'Примите приглашение этим кодом и выберите пароль:',
      '{token}',
      'Код действует {days} дней. Никому его не сообщайте.',
    ],
    short: '{tenant} приглашает вас в Mizan. Код: {token}',
  },
};
