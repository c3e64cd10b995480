/**
 * Every provider with its settings and without its code: cheap to import, for listing, validating and masking. The order
 * is that of the documents.
 */
import type { ProviderAbout, ProviderKind } from '../provider.ts';
import { acrelAbout } from './acrel/about.ts';
import { cashAbout } from './cash/about.ts';
import { fcmAbout } from './fcm/about.ts';
import { genericHttpAbout } from './generic-http/about.ts';
import { genericMqttAbout } from './generic-mqtt/about.ts';
import { googleCalendarAbout } from './google-calendar/about.ts';
import { halykAbout } from './halyk/about.ts';
import { jawaliAbout } from './jawali/about.ts';
import { kaspiAbout } from './kaspi/about.ts';
import { kavenegarAbout } from './kavenegar/about.ts';
import { kuraimiAbout } from './kuraimi/about.ts';
import { localSms1About, localSms2About } from './local-sms/about.ts';
import { paypalAbout } from './paypal/about.ts';
import { sehaAbout } from './seha/about.ts';
import { sendgridAbout } from './sendgrid/about.ts';
import { sesAbout } from './ses/about.ts';
import { slackAbout } from './slack/about.ts';
import { smtpAbout } from './smtp/about.ts';
import { stripeAbout } from './stripe/about.ts';
import { stsAbout } from './sts/about.ts';
import { tatmanAbout } from './tatman/about.ts';
import { twilioAbout } from './twilio/about.ts';
import { unifonicAbout } from './unifonic/about.ts';
import { whatsappAbout } from './whatsapp/about.ts';
import { zarinpalAbout } from './zarinpal/about.ts';

export const providerCatalogue: readonly ProviderAbout[] = [
  kuraimiAbout,
  jawaliAbout,
  cashAbout,
  stripeAbout,
  paypalAbout,
  zarinpalAbout,
  kaspiAbout,
  halykAbout,
  localSms1About,
  localSms2About,
  twilioAbout,
  kavenegarAbout,
  unifonicAbout,
  whatsappAbout,
  smtpAbout,
  sendgridAbout,
  sesAbout,
  fcmAbout,
  googleCalendarAbout,
  slackAbout,
  sehaAbout,
  tatmanAbout,
  acrelAbout,
  stsAbout,
  genericHttpAbout,
  genericMqttAbout,
];

const byName = new Map(providerCatalogue.map((about) => [about.provider, about]));

export const providerAbout = (provider: string): ProviderAbout | undefined => byName.get(provider);

export const providersOfKind = (kind: ProviderKind): readonly ProviderAbout[] =>
  providerCatalogue.filter((about) => about.kind === kind);
