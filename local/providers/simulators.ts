/** The simulated providers that speak HTTP, by name. */
import { acrel } from './acrel.ts';
import { fcm } from './fcm.ts';
import { googleCalendar } from './google-calendar.ts';
import { halyk } from './halyk.ts';
import { kavenegar } from './kavenegar.ts';
import { localSms1, localSms2 } from './local-sms.ts';
import { paypal } from './paypal.ts';
import { register } from './registers.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';
import { slack } from './slack.ts';
import { stripe } from './stripe.ts';
import { sts } from './sts.ts';
import { twilio } from './twilio.ts';
import type { CreateSimulator } from './types.ts';
import { unifonic } from './unifonic.ts';
import { wallet } from './wallet.ts';
import { whatsapp } from './whatsapp.ts';
import { zarinpal } from './zarinpal.ts';

/** What a tenant would write for an API of its own. */
const recordsMapping = {
  check: { method: 'GET', path: '/status' },
  createRecord: {
    path: '/records',
    body: { title: '{{title}}', amount: '{{amount}}', ref: '{{reference}}' },
    result: { id: 'id' },
  },
};

export const simulators: ReadonlyMap<string, CreateSimulator> = new Map([
  ...['kuraimi', 'jawali', 'cash', 'kaspi'].map((name): [string, CreateSimulator] => [name, wallet(name)]),
  ['stripe', stripe],
  ['paypal', paypal],
  ['zarinpal', zarinpal],
  ['halyk', halyk],
  ['local_1', localSms1],
  ['local_2', localSms2],
  ['twilio', twilio],
  ['kavenegar', kavenegar],
  ['unifonic', unifonic],
  ['whatsapp', whatsapp],
  ['sendgrid', sendgrid],
  ['ses', ses],
  ['fcm', fcm],
  ['google_calendar', googleCalendar],
  ['slack', slack],
  ['seha', register('seha', { path: '/facilities/F-100', setting: ['facility_id', 'F-100'] })],
  ['tatman', register('tatman', { path: '/providers/P-200', setting: ['provider_id', 'P-200'] })],
  ['acrel', acrel],
  ['sts', sts],
  ['generic_http', register('generic_http', { path: '/status', operations: recordsMapping })],
]);
