/** Manifest of the identity domain: tenants, users, log-in, API keys, and the authorizers of every way in. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { apiKeys } from './api-keys/routes.ts';
import { auth } from './auth/routes.ts';
import { identityEvents } from './events.ts';
import { jwks } from './jwks/routes.ts';
import { tenants } from './tenants/routes.ts';

const folder = 'functions/identity';

/** Either of the two keys may be the one that signs; see `tokens/signing-key.ts`. */
const signs = { signing: 'sign', 'signing-next': 'sign' } as const;
const verifies = { signing: 'publicKey', 'signing-next': 'publicKey' } as const;

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
      access: { tables: { identity: 'readWrite', limits: 'write' }, keys: signs },
    },
    { resource: jwks, entry: `${folder}/jwks/handler.ts`, access: { tables: { identity: 'read' }, keys: verifies } },
    {
      resource: apiKeys,
      entry: `${folder}/api-keys/handler.ts`,
      access: { tables: { identity: 'readWrite', scada: 'read', limits: 'write' } },
    },
    {
      resource: tenants,
      entry: `${folder}/tenants/handler.ts`,
      memoryMb: 512,
      access: { tables: { identity: 'readWrite', limits: 'write' } },
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
      access: { tables: { identity: 'readWrite' } },
    },
  ],
});
