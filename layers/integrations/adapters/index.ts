/**
 * The adapters by the name of their provider. Each is imported when it is first needed: a function that sends an SMS pays
 * for no payment gateway at its cold start.
 */
import { guardProvider } from '../guard-provider.ts';
import type { KindOperations, ProviderContext, ProviderDefinition, ProviderKind } from '../provider.ts';

const loaders: Readonly<Record<string, () => Promise<ProviderDefinition<any>>>> = {
  kuraimi: async () => (await import('./kuraimi/kuraimi.ts')).kuraimi,
  jawali: async () => (await import('./jawali/jawali.ts')).jawali,
  cash: async () => (await import('./cash/cash.ts')).cash,
  stripe: async () => (await import('./stripe/stripe.ts')).stripe,
  paypal: async () => (await import('./paypal/paypal.ts')).paypal,
  zarinpal: async () => (await import('./zarinpal/zarinpal.ts')).zarinpal,
  kaspi: async () => (await import('./kaspi/kaspi.ts')).kaspi,
  halyk: async () => (await import('./halyk/halyk.ts')).halyk,
  local_1: async () => (await import('./local-sms/local-sms.ts')).localSms1,
  local_2: async () => (await import('./local-sms/local-sms.ts')).localSms2,
  twilio: async () => (await import('./twilio/twilio.ts')).twilio,
  kavenegar: async () => (await import('./kavenegar/kavenegar.ts')).kavenegar,
  unifonic: async () => (await import('./unifonic/unifonic.ts')).unifonic,
  whatsapp: async () => (await import('./whatsapp/whatsapp.ts')).whatsapp,
  smtp: async () => (await import('./smtp/smtp.ts')).smtp,
  sendgrid: async () => (await import('./sendgrid/sendgrid.ts')).sendgrid,
  ses: async () => (await import('./ses/ses.ts')).ses,
  fcm: async () => (await import('./fcm/fcm.ts')).fcm,
  google_calendar: async () => (await import('./google-calendar/google-calendar.ts')).googleCalendar,
  slack: async () => (await import('./slack/slack.ts')).slack,
  seha: async () => (await import('./seha/seha.ts')).seha,
  tatman: async () => (await import('./tatman/tatman.ts')).tatman,
  acrel: async () => (await import('./acrel/acrel.ts')).acrel,
  sts: async () => (await import('./sts/sts.ts')).sts,
  generic_http: async () => (await import('./generic-http/generic-http.ts')).genericHttp,
  generic_mqtt: async () => (await import('./generic-mqtt/generic-mqtt.ts')).genericMqtt,
};

const loaded = new Map<string, ProviderDefinition<any>>();

export const providerNames: readonly string[] = Object.keys(loaders);

/** The guarded adapter; undefined when there is no such provider. */
export async function loadProvider(provider: string): Promise<ProviderDefinition<any> | undefined> {
  const found = loaded.get(provider);
  if (found !== undefined) return found;
  const load = Object.hasOwn(loaders, provider) ? loaders[provider] : undefined;
  if (load === undefined) return undefined;
  const definition = guardProvider(await load());
  loaded.set(provider, definition);
  return definition;
}

/** Operations of a provider that is known to be of the kind. @throws Error when it is not */
export async function loadOperations<K extends ProviderKind>(
  kind: K,
  provider: string,
  context: ProviderContext,
): Promise<KindOperations[K]> {
  const definition = await loadProvider(provider);
  if (definition?.kind !== kind) throw new Error(`There is no provider "${provider}" of the kind ${kind}.`);
  return definition.operations(context);
}
