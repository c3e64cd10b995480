/** Everything the command line says, in both languages. */
import type { Translated } from '../../layers/kernel/i18n/locale.ts';

export const help: Translated = {
  en: `npm run mizan -- <command> [options]

Tenants
  tenants list
  tenants create --id ID --name NAME --owner-name NAME --owner-email EMAIL
                 [--name-ar NAME] [--time-zone ZONE] [--currency CODE] [--locale ar|en]
                 [--password-stdin] [--super-admin]
  tenants suspend ID          nobody gets in; data stays
  tenants reactivate ID

Owners and keys
  owners create --tenant ID --name NAME --email EMAIL [--password-stdin] [--super-admin]
  keys create   --tenant ID --name NAME --scope SCOPE [--scope SCOPE …]
                [--station CODE …] [--expires TIME]        the key is shown once

The key that signs access tokens
  signing-key status
  signing-key rotate [--stolen]     --stolen refuses tokens of the key before
  signing-key trust                 after a stolen key was replaced

Options
  --stage STAGE      local, dev, staging or prod  (local)
  --region REGION    of the stage                 (your AWS configuration's)
  --endpoint URL     of a local platform          (.local/endpoints.json, http://127.0.0.1:4566)
  --json             answers for programs
  --lang en|ar
  --help

An owner without --password-stdin is invited by e-mail. A stage on AWS is reached with your AWS
credentials, which need lambda:InvokeFunction on mizan-<stage>-identity-administer.
Exit codes: 0 done, 1 refused, 2 wrong command, 3 not reached.`,
  ar: `npm run mizan -- <الأمر> [الخيارات]

المستأجرون
  tenants list                عرض المستأجرين
  tenants create --id ID --name NAME --owner-name NAME --owner-email EMAIL
                 [--name-ar NAME] [--time-zone ZONE] [--currency CODE] [--locale ar|en]
                 [--password-stdin] [--super-admin]
  tenants suspend ID          لا يدخل أحد وتبقى البيانات
  tenants reactivate ID       إعادة التفعيل

المالكون والمفاتيح
  owners create --tenant ID --name NAME --email EMAIL [--password-stdin] [--super-admin]
  keys create   --tenant ID --name NAME --scope SCOPE [--scope SCOPE …]
                [--station CODE …] [--expires TIME]        يظهر المفتاح مرة واحدة

مفتاح توقيع رموز الدخول
  signing-key status                حالة المفتاح
  signing-key rotate [--stolen]     ‏--stolen يرفض رموز المفتاح السابق
  signing-key trust                 بعد استبدال مفتاح مسروق

الخيارات
  --stage STAGE      ‏local أو dev أو staging أو prod  (local)
  --region REGION    منطقة المرحلة                    (من إعدادات AWS لديك)
  --endpoint URL     عنوان منصة محلية                 (.local/endpoints.json, http://127.0.0.1:4566)
  --json             أجوبة للبرامج
  --lang en|ar       اللغة
  --help             هذه المساعدة

يُدعى المالك بالبريد الإلكتروني ما لم يُعطَ ‎--password-stdin. تُستخدم بيانات اعتماد AWS لديك للمراحل المنشورة،
وتحتاج lambda:InvokeFunction على mizan-<stage>-identity-administer.
رموز الإنهاء: 0 تم، 1 مرفوض، 2 أمر خاطئ، 3 تعذّر الوصول.`,
};

export interface Messages {
  seeHelp: string;
  unknownCommand(text: string): string;
  missing(option: string): string;
  unexpected(text: string): string;
  wrongChoice(option: string, value: string, choices: string): string;
  passwordInArguments: string;
  askPassword: string;
  noPassword: string;
  refused: string;
  shownOnce: string;
  noTenants: string;
  invited: string;
}

export const messages: Record<keyof Translated, Messages> = {
  en: {
    seeHelp: 'See npm run mizan -- --help.',
    unknownCommand: (text) => `There is no command "${text}".`,
    missing: (option) => `${option} is missing.`,
    unexpected: (text) => `"${text}" does not belong to this command.`,
    wrongChoice: (option, value, choices) => `${option} takes ${choices}, not "${value}".`,
    passwordInArguments: 'Other users of the machine can read arguments: pipe the password to --password-stdin.',
    askPassword: 'Type the password, then Enter and Ctrl+D:',
    noPassword: 'No password came from standard input.',
    refused: 'Refused',
    shownOnce: 'This key is shown once:',
    noTenants: 'There are no tenants.',
    invited: 'An invitation is on its way to the owner.',
  },
  ar: {
    seeHelp: 'انظر npm run mizan -- --help --lang ar.',
    unknownCommand: (text) => `لا يوجد أمر "${text}".`,
    missing: (option) => `الخيار ${option} ناقص.`,
    unexpected: (text) => `"${text}" لا ينتمي إلى هذا الأمر.`,
    wrongChoice: (option, value, choices) => `الخيار ${option} يقبل ${choices} وليس "${value}".`,
    passwordInArguments: 'يمكن لمستخدمي الجهاز الآخرين قراءة الوسائط: مرّر كلمة المرور عبر ‎--password-stdin.',
    askPassword: 'اكتب كلمة المرور ثم Enter ثم Ctrl+D:',
    noPassword: 'لم تصل كلمة مرور من الإدخال القياسي.',
    refused: 'مرفوض',
    shownOnce: 'يظهر هذا المفتاح مرة واحدة:',
    noTenants: 'لا يوجد مستأجرون.',
    invited: 'الدعوة في طريقها إلى المالك.',
  },
};
