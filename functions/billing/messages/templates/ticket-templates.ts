/** What customers are told of their tickets: opened, answered, solved. */
import { defineTemplate } from './define-template.ts';

export const ticketOpened = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['ticket', 'subject'],
  en: {
    subject: '{utility}: we have your request {ticket}',
    paragraphs: ['Dear {name},', 'We have your request “{subject}”. Its number is:', '{ticket}', '{utility}'],
    short: '{utility}: we have your request. Its number is {ticket}.',
  },
  ar: {
    subject: '{utility}: استلمنا طلبكم {ticket}',
    paragraphs: ['الأخ/الأخت {name}،', 'استلمنا طلبكم «{subject}»، ورقمه:', '{ticket}', '{utility}'],
    short: '{utility}: استلمنا طلبكم، ورقمه {ticket}.',
  },
});

export const ticketAnswered = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['ticket', 'subject', 'answer'],
  en: {
    subject: '{utility}: an answer to {ticket}',
    paragraphs: [
      'Dear {name},',
      'To your request “{subject}”:',
      '{utility} writes: {answer}',
      'You can answer in the portal.',
    ],
    short: '{utility}: we answered your request {ticket}. Read it in the portal.',
  },
  ar: {
    subject: '{utility}: رد على طلبكم {ticket}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'بخصوص طلبكم «{subject}»:',
      'تكتب {utility}: {answer}',
      'يمكنكم الرد من البوابة.',
    ],
    short: '{utility}: رددنا على طلبكم {ticket}. اقرؤوا الرد في البوابة.',
  },
});

export const ticketResolved = defineTemplate({
  isUrgent: false,
  isRefusable: false,
  values: ['ticket', 'subject'],
  en: {
    subject: '{utility}: {ticket} is solved',
    paragraphs: [
      'Dear {name},',
      'We hold your request “{subject}” ({ticket}) for solved. If it is not, answer in the portal and it is open again.',
      'Please tell us there, from 1 to 5, how we did.',
      '{utility}',
    ],
    short: '{utility}: request {ticket} is solved. If not, answer in the portal; please rate us there.',
  },
  ar: {
    subject: '{utility}: حُلّ طلبكم {ticket}',
    paragraphs: [
      'الأخ/الأخت {name}،',
      'نرى أن طلبكم «{subject}» ({ticket}) قد حُل. إن لم يكن كذلك فردّوا من البوابة ليُفتح من جديد.',
      'نرجو تقييم خدمتنا هناك من 1 إلى 5.',
      '{utility}',
    ],
    short: '{utility}: حُلّ طلبكم {ticket}. إن لم يُحل فردّوا من البوابة، ونرجو تقييمنا هناك.',
  },
});
