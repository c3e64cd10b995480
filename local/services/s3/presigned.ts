/**
 * Presigned URLs: valid from X-Amz-Date for X-Amz-Expires seconds, on the modelled clock. The
 * signature itself is not checked, as nothing local knows the credentials.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
import { AwsError } from '../../runtime/types.ts';

const MAX_EXPIRES_SECONDS = 604_800;

export function checkPresigned(query: URLSearchParams, nowMs: number): void {
  if (!query.has('X-Amz-Signature')) return;
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  const expires = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (date === null || !Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES_SECONDS)
    throw new AwsError('AuthorizationQueryParametersError', 'X-Amz-Date or X-Amz-Expires is missing or out of range');
  const [year, month, day, hour, minute, second] = date.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const endsAt = Date.UTC(year, month - 1, day, hour, minute, second) + expires * 1_000;
  if (nowMs > endsAt)
    throw new AwsError('AccessDenied', 'Request has expired', 403, { Expires: new Date(endsAt).toISOString() });
}
