/**
 * Renders any thrown value as RFC 9457 problem JSON. Below 500 the person sees what was wrong, in their
 * language; from 500 on a generic sentence and the correlation id, and the cause goes to the log only.
 */
import { fillTemplate, type Locale } from '../i18n/locale.ts';
import { errorMessages, plainMessages } from '../i18n/messages.ts';
import { AppError, type ErrorDetail, isAppError } from './app-error.ts';
import type { ErrorCode } from './error-codes.ts';

export interface Problem {
  success: false;
  /** A relative reference into the documentation of error codes. */
  type: string;
  /** The code in words, in the language of the reader. */
  title: string;
  status: number;
  /** As `message`, or what was meant for the log where that says more, in English. */
  detail: string;
  code: ErrorCode;
  /** What a person is shown, in their language: what exactly is wrong where the error says so, the title otherwise. */
  message: string;
  correlationId: string;
  errors?: ErrorDetail[];
}

export function toProblem(
  thrown: unknown,
  locale: Locale,
  correlationId: string,
): { problem: Problem; error: AppError } {
  const error = isAppError(thrown) ? thrown : new AppError('internal', undefined, { cause: thrown });
  const plain = Object.keys(error.values).length === 0 ? plainMessages[error.code] : undefined;
  const title = fillTemplate((plain ?? errorMessages[error.code])[locale], error.values);
  const isForReader = error.status < 500;
  const own = isForReader && error.message !== error.code ? error.message : undefined;
  // Where the words of the code say next to nothing, its own are better for who reads English.
  const says = (isForReader ? error.texts?.[locale] : undefined) ?? (plain && locale === 'en' ? own : undefined);
  const message = says ?? title;
  return {
    error,
    problem: {
      success: false,
      type: `/api/docs/errors#${error.code}`,
      title,
      status: error.status,
      detail: says ?? own ?? message,
      code: error.code,
      message,
      correlationId,
      ...(error.details === undefined ? {} : { errors: error.details }),
    },
  };
}

/** What exactly is wrong, where a text is all that people see of it: in their language, and what has no translation in English for who reads that. */
export function sayWhatIsWrong(error: AppError, locale: Locale): string {
  const { detail, message } = toProblem(error, locale, '').problem;
  return locale === 'en' ? detail : message;
}
