/**
 * The function behind the administrator's command line: invoked directly and never through an API. Refusals are answers,
 * so that the command line can say them; what goes wrong inside is an error of the function.
 */
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sayWhatIsWrong } from '../../../layers/kernel/errors/problem.ts';
import { forReader } from '../../../layers/kernel/i18n/field-message.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { commandSchema, execute } from './commands.ts';

export interface Refusal {
  code: string;
  message: string;
  errors?: { path: string; message: string }[];
}

export type Outcome = { ok: true; result: object } | { ok: false; error: Refusal };

export async function handler(event: unknown): Promise<Outcome> {
  const locale: Locale = (event as { locale?: unknown } | null)?.locale === 'ar' ? 'ar' : 'en';
  const parsed = forReader(locale, (options) => commandSchema.safeParse(event, options));
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, message }));
    return { ok: false, error: { code: 'validation_failed', message: errors[0]?.message ?? '', errors } };
  }
  logger.info('administration', { action: parsed.data.action, by: parsed.data.by });
  try {
    return { ok: true, result: await execute(parsed.data) };
  } catch (error) {
    if (!isAppError(error) || error.status >= 500) throw error;
    const { code, details: errors } = error;
    const message = sayWhatIsWrong(error, locale);
    return { ok: false, error: { code, message, ...(errors === undefined ? {} : { errors }) } };
  }
}
