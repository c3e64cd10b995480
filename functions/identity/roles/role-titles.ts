/** What the system roles are called and what they are for, in both languages. A role without a title does not compile. */
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import type { SystemRole } from './system-roles.ts';

export const roleTitles: Record<SystemRole, { name: Translated; description: Translated }> = {
  SUPER_ADMIN: {
    name: { en: 'Installation administrator', ar: 'مدير المنصة' },
    description: {
      en: 'Runs the installation: creates, lists and suspends tenants. Given beside a role in the own tenant.',
      ar: 'يدير المنصة: ينشئ المستأجرين ويعرضهم ويوقفهم. يُمنح إلى جانب دور في المستأجر نفسه.',
    },
  },
  OWNER: {
    name: { en: 'Owner', ar: 'المالك' },
    description: {
      en: 'Everything in the organisation; approves employees. The last one cannot be removed.',
      ar: 'كل شيء في المنشأة، ويوافق على الموظفين. لا يمكن إزالة آخر مالك.',
    },
  },
  ADMIN: {
    name: { en: 'Administrator', ar: 'المدير العام للنظام' },
    description: {
      en: 'Manages users, settings and every module.',
      ar: 'يدير المستخدمين والإعدادات وجميع الوحدات.',
    },
  },
  DEVELOPER: {
    name: { en: 'Developer', ar: 'مطوّر التكاملات' },
    description: {
      en: 'Connects providers and partners: integrations with their secrets, webhooks, events and logs.',
      ar: 'يربط المزوّدين والشركاء: التكاملات وأسرارها ونقاط الاستقبال والأحداث والسجلات.',
    },
  },
  MANAGER: {
    name: { en: 'Manager', ar: 'المدير' },
    description: {
      en: 'Works with customers and deals, and reads reports.',
      ar: 'يعمل مع العملاء والصفقات ويطّلع على التقارير.',
    },
  },
  OPERATOR: {
    name: { en: 'Control room operator', ar: 'مشغّل غرفة التحكم' },
    description: {
      en: 'Watches stations, handles alarms and sends commands.',
      ar: 'يراقب المحطات ويعالج الإنذارات ويرسل الأوامر.',
    },
  },
  ENGINEER: {
    name: { en: 'Engineer', ar: 'المهندس' },
    description: { en: 'Sets up meters, stations and points.', ar: 'يهيّئ العدادات والمحطات والنقاط.' },
  },
  EMPLOYEE: {
    name: { en: 'Employee', ar: 'الموظف' },
    description: { en: 'Does tasks and reads data.', ar: 'ينفّذ المهام ويطّلع على البيانات.' },
  },
  ACCOUNTANT: {
    name: { en: 'Accountant', ar: 'المحاسب' },
    description: {
      en: 'Keeps the books: invoices, payments, journal and reports.',
      ar: 'يمسك الدفاتر: الفواتير والمدفوعات والقيود والتقارير.',
    },
  },
  DISPATCHER: {
    name: { en: 'Dispatcher', ar: 'منسّق البلاغات' },
    description: { en: 'Watches the network and sends teams out.', ar: 'يراقب الشبكة ويوجّه الفرق.' },
  },
  TECHNICIAN: {
    name: { en: 'Field technician', ar: 'الفني الميداني' },
    description: { en: 'Works at meters and stations.', ar: 'يعمل عند العدادات والمحطات.' },
  },
  METER_READER: {
    name: { en: 'Meter reader', ar: 'قارئ العدادات' },
    description: { en: 'Walks reading routes with the field app.', ar: 'يسير في جولات القراءة بالتطبيق الميداني.' },
  },
  COLLECTOR: {
    name: { en: 'Collector', ar: 'الجابي' },
    description: {
      en: 'Walks routes, reads meters and takes cash.',
      ar: 'يسير في الجولات ويقرأ العدادات ويحصّل النقد.',
    },
  },
  CASHIER: {
    name: { en: 'Cashier', ar: 'أمين الصندوق' },
    description: { en: 'Takes payments.', ar: 'يستلم المدفوعات.' },
  },
  SUPPORT_AGENT: {
    name: { en: 'Support agent', ar: 'موظف الدعم' },
    description: { en: 'Answers customers.', ar: 'يجيب العملاء.' },
  },
  CUSTOMER: {
    name: { en: 'Customer', ar: 'العميل' },
    description: { en: 'Uses the portal for the own account.', ar: 'يستخدم البوابة لحسابه الخاص.' },
  },
  USER: {
    name: { en: 'User', ar: 'مستخدم' },
    description: { en: 'Signed up by themselves.', ar: 'سجّل بنفسه.' },
  },
};
