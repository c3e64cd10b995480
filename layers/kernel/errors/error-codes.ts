/**
 * The closed list of error codes and their HTTP statuses. A code is part of the API: clients switch on it,
 * so codes are added, never renamed.
 */
export const errorStatus = {
  malformed_request: 400,
  validation_failed: 400,
  invalid_cursor: 400,
  invalid_code: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  forbidden: 403,
  not_found: 404,
  no_such_address: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  already_exists: 409,
  idempotency_in_progress: 409,
  idempotency_answer_lost: 409,
  gone: 410,
  version_conflict: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  idempotency_key_reused: 422,
  version_required: 428,
  rate_limited: 429,
  outcome_unknown: 409,
  internal: 500,
  all_providers_failed: 502,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;
