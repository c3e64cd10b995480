/**
 * How a refusal reads, service by service, since SDK clients and people at their logs know these words.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import { AwsError } from '../../runtime/types.ts';

export type Reason =
  | 'no identity-based policy allows'
  | 'no resource-based policy allows'
  | 'an explicit deny in an identity-based policy'
  | 'an explicit deny in a resource-based policy';

export function refusalText(caller: string, action: string, resource: string, reason: Reason): string {
  const because = reason.startsWith('no ') ? `because ${reason} the ${action} action` : `with ${reason}`;
  return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
}

/** The error of a refused API call. */
export function refusal(signingName: string, text: string): AwsError {
  switch (signingName) {
    case 's3':
      return new AwsError('AccessDenied', text, 403);
    case 'sns':
      return new AwsError('AuthorizationError', text, 403);
    case 'sqs':
      return new AwsError('AccessDenied', text, 403);
    case 'execute-api':
    case 'iotdata':
    case 'iotdevicegateway':
      return new AwsError('ForbiddenException', text, 403);
    case 'lambda':
    case 'scheduler':
    case 'ses':
      return new AwsError('AccessDeniedException', text, 403);
    default:
      return new AwsError('AccessDeniedException', text, 400);
  }
}
