/**
 * The one error class of the product. Bundles can hold two copies of a class, so an AppError is recognised
 * by its brand and never by `instanceof`.
 */
import type { Translated } from '../i18n/locale.ts';
import { type ErrorCode, errorStatus } from './error-codes.ts';

const brand = Symbol.for('mizan.AppError');

/** One field that is wrong: `path` is a JSON Pointer (RFC 6901) into the part of the request named by `in`. */
export interface ErrorDetail {
  in: 'body' | 'query' | 'path' | 'header';
  path: string;
  message: string;
}

export interface AppErrorOptions {
  /** Values for the `{placeholders}` of the translated message. */
  values?: Record<string, string | number>;
  details?: ErrorDetail[];
  /** What exactly is wrong, for the reader: the `message` of the answer in their language. */
  texts?: Translated;
  /** Response headers that belong to the error, e.g. `Retry-After`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

export class AppError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly status: number;
  readonly values: Record<string, string | number>;
  readonly details: ErrorDetail[] | undefined;
  readonly texts: Translated | undefined;
  readonly headers: Record<string, string> | undefined;

  /** @param message in English, for logs; the person reads the translated message of the code, or this one when it says more (below 500). */
  constructor(code: ErrorCode, message?: string, options: AppErrorOptions = {}) {
    super(message ?? options.texts?.en ?? code, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = errorStatus[code];
    this.values = options.values ?? {};
    this.details = options.details;
    this.texts = options.texts;
    this.headers = options.headers;
  }
}

export function isAppError(value: unknown): value is AppError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** A missing entity, named in the message: `notFound('meter', id)`. */
export function notFound(entity: string, id: string): AppError {
  return new AppError('not_found', `No ${entity} "${id}".`, { values: { entity, id } });
}
