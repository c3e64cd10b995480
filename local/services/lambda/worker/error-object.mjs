/**
 * The error object Lambda answers with.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
import { types } from 'node:util';

/** @returns {{ errorType: string, errorMessage: string, trace: string[] }} for anything that can be thrown */
export function errorObject(error) {
  if (error instanceof ReportedError) return error.payload;
  try {
    if (types.isNativeError(error) || error instanceof Error)
      return {
        errorType: String(error.name),
        errorMessage: String(error.message),
        trace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
      };
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'The thrown value could not be read: its message, name or stack throw themselves.',
      trace: [],
    };
  }
}

/** An error of the runtime itself, such as `Runtime.ImportModuleError`, about the error that caused it. */
export function runtimeError(errorType, cause) {
  const { errorMessage, trace, errorType: causeType } = errorObject(cause);
  return { errorType, errorMessage: cause instanceof Error ? `${causeType}: ${errorMessage}` : errorMessage, trace };
}

/** Thrown where Lambda answers with an error object of its own. */
export class ReportedError extends Error {
  /** @param {{ errorType: string, errorMessage: string, trace: string[] }} payload */
  constructor(payload) {
    super(payload.errorMessage);
    this.payload = payload;
  }
}
