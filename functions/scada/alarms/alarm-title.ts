/** One line that says what an alarm is about, in both languages. */
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import type { Alarm } from './alarm-entity.ts';

const kinds: Record<Alarm['kind'], Translated> = {
  high_high: { en: 'far too high', ar: 'مرتفع جدًا' },
  high: { en: 'too high', ar: 'مرتفع' },
  low: { en: 'too low', ar: 'منخفض' },
  low_low: { en: 'far too low', ar: 'منخفض جدًا' },
  state: { en: 'is in an alarm state', ar: 'في حالة إنذار' },
  communication: { en: 'does not answer', ar: 'لا يجيب' },
  gateway: { en: 'the gateway itself has a problem', ar: 'مشكلة في البوابة نفسها' },
  flood: { en: 'more alarms than can be told one by one', ar: 'إنذارات أكثر من أن تُعرض واحدًا واحدًا' },
};

/** @param name of the point or device, where it is known */
export function alarmTitle(
  alarm: Pick<Alarm, 'kind' | 'pointId' | 'deviceId' | 'protocolId' | 'stationId' | 'value' | 'limit'>,
  name: string | undefined,
): Translated {
  const { kind, value, limit } = alarm;
  const subject = name ?? alarm.pointId ?? alarm.deviceId ?? alarm.protocolId ?? alarm.stationId;
  const measured = value === undefined || value === null ? '' : ` (${value}${limit == null ? '' : ` / ${limit}`})`;
  return { en: `${subject}: ${kinds[kind].en}${measured}`, ar: `${subject}: ${kinds[kind].ar}${measured}` };
}
