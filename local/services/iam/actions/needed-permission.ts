/** What a request needs to be allowed, in the words of the Service Authorization Reference. */
import type { AwsRequest, RuntimeContext } from '../../../runtime/types.ts';
import type { ContextKeys } from '../conditions.ts';

export interface NeededPermission {
  action: string;
  /** `*` for actions that know no resources. */
  resource: string;
  /** Condition keys of this request, by lower-case name; worked out only when a policy asks. */
  keys?: ContextKeys;
}

/** What the readers of requests know beside the request. */
export interface RequestScope {
  ctx: RuntimeContext;
  /** The partition key attribute of a declared table or index, by its ARN. */
  partitionKey(arn: string): string | undefined;
}

/**
 * Everything a request needs, all of it at once.
 * `undefined` leaves the answer to the service, for requests it will refuse anyhow: unknown operations, things that do
 * not exist.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export type RequestReader = (request: AwsRequest, scope: RequestScope) => NeededPermission[] | undefined;

export type Input = Record<string, any>;

/** The body of a JSON request, read once for access control and service; undefined when it is no JSON object. */
export function inputOf(request: AwsRequest): Input | undefined {
  if (request.input !== undefined) return request.input;
  if (request.body.length === 0) return {};
  try {
    const input: unknown = JSON.parse(request.body.toString('utf8'));
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
    request.input = input as Input;
    return request.input;
  } catch {
    return undefined;
  }
}

/** `arn:aws:{service}:{region}:{account}:{resource}` of this platform. */
export function arnOf({ ctx: { region, accountId } }: RequestScope, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}
