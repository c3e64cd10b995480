/** Manifest of the identity domain: tenants, users, log-in, API keys, and the authorizers of every way in. */
import { type Access, defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { account } from './account/routes.ts';
import { apiKeys } from './api-keys/routes.ts';
import { auth } from './auth/routes.ts';
import { identityEvents } from './events.ts';
import { invitations } from './invitations/routes.ts';
import { jwks } from './jwks/routes.ts';
import { messageQueue } from './messages/message-queue.ts';
import { organizations } from './organizations/routes.ts';
import { permissions } from './permissions/routes.ts';
import { roles } from './roles/routes.ts';
import { selfService } from './self-service/routes.ts';
import { signUp } from './sign-up/routes.ts';
import { tenants } from './tenants/routes.ts';
import { tokenRefresh } from './token-refresh/routes.ts';
import { users } from './users/routes.ts';
import { workspaces } from './workspaces/routes.ts';

const folder = 'functions/identity';

/** Either of the two keys may be the one that signs; see `tokens/signing-key.ts`. */
const signs = { signing: 'sign', 'signing-next': 'sign' } as const;
const verifies = { signing: 'publicKey', 'signing-next': 'publicKey' } as const;

/** What ways in have in common: they sign, open the secrets of codes and second factors, and leave messages. */
const logsIn = {
  tables: { identity: 'readWrite', limits: 'write' },
  keys: { ...signs, secrets: 'encryptDecrypt' },
  queues: [messageQueue],
} satisfies Access;
const logInSettings = { PUBLIC_SIGN_UP_TENANT: '${stage.publicSignUpTenant}', PHONE_COUNTRY: '${stage.phoneCountry}' };
const logIn = { memoryMb: 512, access: logsIn, environment: logInSettings };

/** What manages people: invitations leave messages, and a role's permissions are held against the catalogue. */
const manages = { tables: { identity: 'readWrite', limits: 'write' }, queues: [messageQueue] } satisfies Access;
const catalogue = ['dist/site/permissions.json'];

export const identity = defineDomain({
  name: 'identity',
  tables: { identity: { indexes: ['gsi1'], outbox: true }, limits: {} },
  events: identityEvents,
  resources: [
    // Argon2id needs memory and, since CPU grows with it, time: half a gigabyte keeps a log-in near 100 ms.
    {
      resource: auth,
      entry: `${folder}/auth/handler.ts`,
      memoryMb: 512,
      access: logsIn,
      environment: logInSettings,
    },
    { resource: selfService, entry: `${folder}/self-service/handler.ts`, ...logIn },
    { resource: account, entry: `${folder}/account/handler.ts`, ...logIn },
    { resource: signUp, entry: `${folder}/sign-up/handler.ts`, ...logIn },
    { resource: tokenRefresh, entry: `${folder}/token-refresh/handler.ts`, access: logsIn, environment: logInSettings },
    {
      resource: invitations,
      entry: `${folder}/invitations/handler.ts`,
      access: { tables: { identity: 'readWrite', limits: 'write' }, queues: [messageQueue] },
      environment: logInSettings,
    },
    { resource: users, entry: `${folder}/users/handler.ts`, memoryMb: 512, access: manages },
    { resource: organizations, entry: `${folder}/organizations/handler.ts`, access: manages },
    {
      resource: workspaces,
      entry: `${folder}/workspaces/handler.ts`,
      access: { tables: { identity: 'readWrite', limits: 'write' } },
    },
    {
      resource: roles,
      entry: `${folder}/roles/handler.ts`,
      access: { tables: { identity: 'readWrite', limits: 'write' } },
      assets: catalogue,
    },
    {
      resource: permissions,
      entry: `${folder}/permissions/handler.ts`,
      access: { tables: { limits: 'write' } },
      assets: catalogue,
    },
    { resource: jwks, entry: `${folder}/jwks/handler.ts`, access: { tables: { identity: 'read' }, keys: verifies } },
    {
      resource: apiKeys,
      entry: `${folder}/api-keys/handler.ts`,
      access: { tables: { identity: 'readWrite', scada: 'read', limits: 'readWrite' } },
    },
    {
      resource: tenants,
      entry: `${folder}/tenants/handler.ts`,
      memoryMb: 512,
      access: { tables: { identity: 'readWrite', limits: 'write' } },
    },
  ],
  consumers: [
    {
      name: 'send-messages',
      entry: `${folder}/messages/handler.ts`,
      queue: { name: messageQueue, maxReceiveCount: 4 },
      access: {
        tables: { identity: 'readWrite' },
        keys: { secrets: 'encrypt' },
        email: true,
        textMessages: true,
      },
      environment: logInSettings,
      // A code lives five minutes: a message that waits for the third try of a long time-out comes too late.
      timeoutSeconds: 10,
    },
  ],
  functions: [
    {
      name: 'authorize-request',
      entry: `${folder}/authorizers/authorize-request.ts`,
      access: { tables: { identity: 'read' }, keys: verifies },
    },
    {
      name: 'authorize-device',
      entry: `${folder}/authorizers/authorize-device.ts`,
      // IoT Core waits five seconds for the answer; a device that is refused comes again and again.
      timeoutSeconds: 5,
      memoryMb: 512,
      access: { tables: { identity: 'read', scada: 'read' } },
      environment: { ANONYMOUS_DEVICE_TENANT: '${stage.anonymousDevicesTenant}' },
    },
    {
      name: 'provision-tenant',
      entry: `${folder}/provisioning/handler.ts`,
      memoryMb: 512,
      access: { tables: { identity: 'readWrite' }, queues: [messageQueue] },
    },
    {
      name: 'administer',
      entry: `${folder}/provisioning/administer.ts`,
      memoryMb: 512,
      access: { tables: { identity: 'readWrite', scada: 'read' }, keys: verifies, queues: [messageQueue] },
    },
  ],
});
