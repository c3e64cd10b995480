/**
 * Firebase Cloud Messaging, HTTP v1. The service account signs a JWT for its own access token (RFC 7523).
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
import { createPrivateKey, sign } from 'node:crypto';
import { accessToken } from '../../access-tokens.ts';
import { defineProvider, type ProviderContext, ProviderError } from '../../provider.ts';
import { parseJson } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import { restClient } from '../../rest-client.ts';
import { fcmAbout } from './about.ts';

export const fcm = defineProvider({
  ...fcmAbout,
  async check(context) {
    await post(context, { validate_only: true, message: { topic: 'mizan-check', notification: { title: 'check' } } });
  },
  operations: (context) => ({
    async send({ token, topic, title, body, data, reference }) {
      if ((token === undefined) === (topic === undefined))
        throw new ProviderError('rejected', 'A message goes to a token or to a topic.');
      const answer = await post(context, {
        message: {
          ...(token === undefined ? { topic } : { token }),
          notification: { title, body },
          data: { ...data, reference },
        },
      });
      return { providerReference: textAt(answer, 'name'), status: 'accepted' };
    },
  }),
});

interface ServiceAccount {
  projectId: string;
  clientEmail: string;
  privateKey: string;
  privateKeyId: string | undefined;
  tokenUri: string;
}

async function post(context: ProviderContext, json: unknown): Promise<unknown> {
  const account = readAccount(context.settings['service_account']!);
  const client = restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: async () => ({ authorization: `Bearer ${await tokenOf(context, account)}` }),
    errorPaths: {
      code: ['error.details[0].errorCode', 'error.details[1].errorCode', 'error.status'],
      message: ['error.message'],
    },
    // https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
    codes: {
      UNREGISTERED: 'rejected',
      INVALID_ARGUMENT: 'rejected',
      // The app of this telephone belongs to another project: no sending again changes that.
      SENDER_ID_MISMATCH: 'rejected',
      THIRD_PARTY_AUTH_ERROR: 'configuration',
      UNAUTHENTICATED: 'configuration',
      PERMISSION_DENIED: 'configuration',
      QUOTA_EXCEEDED: 'rate_limited',
      RESOURCE_EXHAUSTED: 'rate_limited',
      UNAVAILABLE: 'unavailable',
      INTERNAL: 'unavailable',
    },
  });
  const path = `/v1/projects/${encodeURIComponent(account.projectId)}/messages:send`;
  return client.json({ method: 'POST', path, effect: 'message', json });
}

function readAccount(text: string): ServiceAccount {
  const parsed = parseJson(text);
  const field = (name: string): string => {
    const value = optionalTextAt(parsed, name);
    if (value === undefined) throw new ProviderError('configuration', `service_account has no ${name}.`);
    return value;
  };
  return {
    projectId: field('project_id'),
    clientEmail: field('client_email'),
    privateKey: field('private_key'),
    privateKeyId: optionalTextAt(parsed, 'private_key_id'),
    tokenUri: field('token_uri'),
  };
}

function tokenOf(context: ProviderContext, account: ServiceAccount): Promise<string> {
  const issuedAt = Math.floor(context.now() / 1000);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'RS256', typ: 'JWT', ...(account.privateKeyId ? { kid: account.privateKeyId } : {}) });
  const claims = encode({
    iss: account.clientEmail,
    scope: 'https://www.googleapis.com/auth/firebase.messaging',
    aud: account.tokenUri,
    iat: issuedAt,
    exp: issuedAt + 3600,
  });
  let signature: string;
  try {
    signature = sign('sha256', Buffer.from(`${header}.${claims}`), createPrivateKey(account.privateKey)).toString(
      'base64url',
    );
  } catch {
    // The reason would quote the key.
    throw new ProviderError('configuration', 'private_key of service_account is no key.');
  }
  return accessToken(context, {
    url: account.tokenUri,
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${header}.${claims}.${signature}`,
    },
    credential: context.settings['service_account']!,
  });
}
