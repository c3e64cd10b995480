/** Writes what a telephone shows of a message, in both languages: the device says which one it is shown in. */
import type { Notice } from '../push/push-to-users.ts';
import type { MessageSettings } from './message-settings.ts';
import type { TemplateName } from './templates/index.ts';
import { pushTexts } from './templates/push-texts.ts';

export function composeNotice(
  template: TemplateName,
  values: Readonly<Record<string, string>>,
  { pushAmounts, utilityName }: MessageSettings,
  tenantName: string,
): Record<'ar' | 'en', Notice> {
  const { withAmounts, ...plain } = pushTexts[template];
  const texts = (pushAmounts && withAmounts) || plain;
  const noticeIn = (language: 'ar' | 'en'): Notice => ({
    title: utilityName?.[language] ?? tenantName,
    body: texts[language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
  });
  return { ar: noticeIn('ar'), en: noticeIn('en') };
}
