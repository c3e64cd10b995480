/**
 * Renders any thrown value as RFC 9457 problem JSON. Below 500 the person sees what was wrong, in their
 * language; from 500 on a generic sentence and the correlation id, and the cause goes to the log only.
 */
import { fillTemplate, type Locale } from '../i18n/locale.ts';
import { errorMessages } from '../i18n/messages.ts';
import { AppError, type ErrorDetail, isAppError } from './app-error.ts';
import type { ErrorCode } from './error-codes.ts';

export interface Problem {
  success: false;
  /** A relative reference into the documentation of error codes. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  message: string;
  correlationId: string;
  errors?: ErrorDetail[];
}

/** Codes whose generic sentence depends on values; without them the error's own English message says more. */
const needsValues = /\{\w+\}/;

export function toProblem(
  thrown: unknown,
  locale: Locale,
  correlationId: string,
): { problem: Problem; error: AppError } {
  const error = isAppError(thrown) ? thrown : new AppError('internal', undefined, { cause: thrown });
  const template = errorMessages[error.code][locale];
  const hasValues = Object.keys(error.values).length > 0;
  const message = needsValues.test(template) && !hasValues ? error.message : fillTemplate(template, error.values);
  const saysMore = error.status < 500 && error.message !== error.code && error.message !== message;
  return {
    error,
    problem: {
      success: false,
      type: `/api/docs/errors#${error.code}`,
      title: message,
      status: error.status,
      detail: error.status < 500 && error.texts ? error.texts[locale] : saysMore ? error.message : message,
      code: error.code,
      message,
      correlationId,
      ...(error.details === undefined ? {} : { errors: error.details }),
    },
  };
}
