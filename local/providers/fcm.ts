/** Firebase Cloud Messaging, HTTP v1, and Google's token endpoint for service accounts. */
import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const accessToken = 'ya29.simulated-fcm-token';
const error = (status: number, name: string, message: string, errorCode = name): SimAnswer => ({
  status,
  json: {
    error: {
      code: status,
      message,
      status: name,
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }],
    },
  },
});

export const fcm: CreateSimulator = ({ url, now, record }) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const clientEmail = 'mizan@simulated.iam.gserviceaccount.com';
  const serviceAccount = {
    type: 'service_account',
    project_id: 'simulated-project',
    private_key_id: 'simulated-key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: clientEmail,
    token_uri: `${url}/token`,
  };
  const isGoodAssertion = (assertion: string): boolean => {
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const { iss, exp, aud } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    return (
      iss === clientEmail &&
      aud === `${url}/token` &&
      exp * 1000 > now() &&
      verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))
    );
  };
  return {
    provider: 'fcm',
    settings: { api_url: url, service_account: JSON.stringify(serviceAccount) },
    isPreliminary: ({ path }) => path === '/token',
    answer({ method, path, headers, form, json: read }) {
      if (path === '/token') {
        if (!isGoodAssertion(form().get('assertion') ?? '..'))
          return { status: 400, json: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
        return { json: { access_token: accessToken, expires_in: 3599, token_type: 'Bearer' } };
      }
      if (headers['authorization'] !== `Bearer ${accessToken}`)
        return error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
      if (method !== 'POST' || path !== '/v1/projects/simulated-project/messages:send') return undefined;
      const { message, validate_only } = read();
      if (!message?.token === !message?.topic)
        return error(400, 'INVALID_ARGUMENT', 'Exactly one of token, topic or condition is required');
      if (validate_only) return { json: { name: 'projects/simulated-project/messages/fake_message_id' } };
      // An app that was removed: such tokens are known by their beginning.
      if (message.token?.startsWith('unregistered'))
        return error(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED');
      // An app of another Firebase project.
      if (message.token?.startsWith('mismatched'))
        return error(403, 'PERMISSION_DENIED', 'SenderId mismatch', 'SENDER_ID_MISMATCH');
      // One whose push service is out of order for now.
      if (message.token?.startsWith('busy')) return error(503, 'UNAVAILABLE', 'The service is currently unavailable.');
      const name = `projects/simulated-project/messages/${randomUUID()}`;
      record('message', { id: name, to: message.token ?? message.topic, ...message.notification, data: message.data });
      return { json: { name } };
    },
    failure: (kind) =>
      ({
        reject: error(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED'),
        unauthorized: error(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
        rate_limited: {
          ...error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', 'QUOTA_EXCEEDED'),
          headers: { 'retry-after': '7' },
        },
        error: error(500, 'INTERNAL', 'Internal error encountered.'),
      })[kind],
  };
};
