/**
 * Custom authentication: asks the declared authorizer's Lambda function about a CONNECT and checks
 * that its answer keeps to the documented form, as AWS IoT Core does before it lets a device in.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/custom-auth-lambda.html
 */
import { randomUUID, verify } from 'node:crypto';
import type { LambdaInvoker } from '../../runtime/types.ts';

export interface AuthorizerSettings {
  name: string;
  arn: string;
  functionArn: string;
  active: boolean;
  signingDisabled: boolean;
  tokenKeyName: string | undefined;
  tokenSigningPublicKeys: Record<string, string>;
}

export interface ConnectFacts {
  username: string | undefined;
  password: Buffer | undefined;
  clientId: string;
  /** AWS leaves the client id out of the event when the device sent none. */
  clientIdSent: boolean;
  sourceIp: string;
}

export interface Grant {
  principalId: string;
  policyDocuments: unknown[];
  disconnectAfterSeconds: number;
  refreshAfterSeconds: number;
}

/** The connection is refused; the message says why, for the log. */
export class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused';
}

export async function authorizeConnection(
  authorizer: AuthorizerSettings,
  facts: ConnectFacts,
  lambda: LambdaInvoker,
): Promise<Grant> {
  const { username, password, clientId, clientIdSent } = facts;
  const token = authorizer.signingDisabled ? undefined : verifiedToken(authorizer, username);
  const event = {
    ...(token === undefined ? {} : { token }),
    signatureVerified: token !== undefined,
    protocols: ['mqtt'],
    protocolData: {
      mqtt: {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password: password.toString('base64') }),
        ...(clientIdSent ? { clientId } : {}),
      },
    },
    connectionMetadata: { id: randomUUID() },
  };
  const { functionError, payload } = await lambda.invoke(authorizer.functionArn, JSON.stringify(event), {
    service: 'iot.amazonaws.com',
    sourceArn: authorizer.arn,
  });
  if (functionError !== undefined) throw new ConnectionRefused(`The authorizer function failed: ${payload}`);
  return readGrant(payload);
}

/** Query parameters that follow the user name, as in `name?x-amz-customauthorizer-name=mine`. */
export function usernameParameters(username: string | undefined): URLSearchParams {
  return new URLSearchParams(username?.slice(username.indexOf('?') + 1 || username.length + 1) ?? '');
}

/** "The token and its signature come in the user name when signing is enabled": RSA with SHA-256, base64. */
function verifiedToken(authorizer: AuthorizerSettings, username: string | undefined): string {
  const parameters = usernameParameters(username);
  const token = parameters.get(authorizer.tokenKeyName ?? '');
  const signature = parameters.get('x-amz-customauthorizer-signature');
  if (token === null || signature === null)
    throw new ConnectionRefused(`The authorizer "${authorizer.name}" wants a signed token in the user name`);
  const bytes = Buffer.from(signature.replaceAll(' ', '+'), 'base64');
  const keys = Object.values(authorizer.tokenSigningPublicKeys);
  if (!keys.some((key) => verify('RSA-SHA256', Buffer.from(token), key, bytes)))
    throw new ConnectionRefused('The signature of the token does not fit any signing key of the authorizer');
  return token;
}

function readGrant(payload: string): Grant {
  const answer = JSON.parse(payload) as Record<string, unknown> | null;
  if (answer?.['isAuthenticated'] !== true)
    throw new ConnectionRefused('The authorizer did not authenticate the device');
  const { principalId, policyDocuments } = answer;
  if (typeof principalId !== 'string' || !/^[a-zA-Z0-9]{1,128}$/.test(principalId))
    throw new ConnectionRefused('principalId must be 1 to 128 letters and digits');
  if (!Array.isArray(policyDocuments) || policyDocuments.length > 10)
    throw new ConnectionRefused('policyDocuments must be a list of at most 10 documents');
  for (const document of policyDocuments)
    if ((typeof document === 'string' ? document : JSON.stringify(document)).length > 2_048)
      throw new ConnectionRefused('A policy document is longer than 2,048 characters');
  return {
    principalId,
    policyDocuments,
    disconnectAfterSeconds: seconds(answer, 'disconnectAfterInSeconds'),
    refreshAfterSeconds: seconds(answer, 'refreshAfterInSeconds'),
  };
}

function seconds(answer: Record<string, unknown>, name: string): number {
  const value = answer[name];
  if (!Number.isInteger(value) || (value as number) < 300 || (value as number) > 86_400)
    throw new ConnectionRefused(`${name} must be a whole number from 300 to 86400`);
  return value as number;
}
