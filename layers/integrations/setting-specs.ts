/** Short forms for the settings of providers, so that a list of them reads as a table. */
import type { SettingSpec } from './provider.ts';

type More = Partial<Pick<SettingSpec, 'valueType' | 'isRequired' | 'default' | 'pattern'>>;

/** A required setting in clear; with a default it is optional. */
export function setting(key: string, en: string, ar: string, more: More = {}): SettingSpec {
  return {
    key,
    valueType: 'string',
    isSecret: false,
    isRequired: more.default === undefined,
    label: { en, ar },
    ...more,
  };
}

/** A required setting that is encrypted and masked. */
export function secret(key: string, en: string, ar: string, more: More = {}): SettingSpec {
  return { ...setting(key, en, ar, more), isSecret: true };
}

export const optional = { isRequired: false } as const;

const urlPattern = /^https?:\/\/[^\s]+$/;

export const apiUrl = (url?: string): SettingSpec =>
  setting('api_url', 'API address', 'عنوان الواجهة البرمجية', {
    pattern: urlPattern,
    ...(url === undefined ? {} : { default: url }),
  });
