/** What who runs the installation can ask for. IAM decides who may; each command is one plain object in and one out. */
import * as z from 'zod/mini';
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { checkPasswordOf } from '../account/password-of.ts';
import { makeKey } from '../api-keys/api-key-entity.ts';
import { refuseForeignStations } from '../api-keys/bound-new-key.ts';
import { addApiKey } from '../api-keys/operations.ts';
import { createApiKeyBody } from '../api-keys/routes.ts';
import { permissionsOf } from '../roles/system-roles.ts';
import { listTenants, requireTenant, setTenantStatus } from '../tenants/all-tenants.ts';
import { rotateSigningKey, trustBothKeys } from '../tokens/rotate-signing-key.ts';
import { loadSigningKeys } from '../tokens/signing-key.ts';
import { readSigningState } from '../tokens/signing-state.ts';
import { installationActor, newOwner, newTenant } from './new-tenant.ts';
import { addOwner, provisionTenant } from './provision-tenant.ts';

const tenantId = z.string().check(z.minLength(1), z.maxLength(64));
/** Who runs the command, as far as they say. */
const by = z.string().check(z.minLength(1), z.maxLength(100));
const command = <A extends string, S extends z.core.$ZodLooseShape>(action: A, shape: S) =>
  z.object({ action: z.literal(action), by, ...shape });

export const commandSchema = z.discriminatedUnion('action', [
  command('list-tenants', { cursor: z.optional(z.string()) }),
  command('create-tenant', { tenant: newTenant, owner: newOwner }),
  command('suspend-tenant', { tenantId }),
  command('reactivate-tenant', { tenantId }),
  command('create-owner', { tenantId, owner: newOwner }),
  command('create-api-key', { tenantId, key: createApiKeyBody }),
  command('signing-key-status', {}),
  command('rotate-signing-key', { isStolen: z.boolean() }),
  command('trust-signing-keys', {}),
]);

export type Command = z.infer<typeof commandSchema>;

const pageSize = 100;

/** @throws AppError for what cannot be done */
export async function execute(order: Command): Promise<object> {
  const actor = installationActor(order.by);
  switch (order.action) {
    case 'list-tenants': {
      const { items, nextCursor } = await listTenants({ limit: pageSize, cursor: order.cursor });
      return { tenants: items, nextCursor };
    }
    case 'create-tenant':
      await checkPassword(order.owner);
      return provisionTenant({ ...order, tenant: { ...order.tenant, createdBy: actor.id } }, actor);
    case 'suspend-tenant':
      return { tenant: await setTenantStatus(order.tenantId, 'suspended', actor) };
    case 'reactivate-tenant':
      return { tenant: await setTenantStatus(order.tenantId, 'active', actor) };
    case 'create-owner': {
      const { locale } = await requireTenant(order.tenantId);
      await checkPassword(order.owner);
      return { userId: await addOwner(openSession(order.tenantId, { actor }), order.owner, locale) };
    }
    case 'create-api-key':
      await requireTenant(order.tenantId);
      return createApiKey(order.tenantId, order.key, actor);
    case 'signing-key-status':
      return signingKeyStatus();
    case 'rotate-signing-key':
      await rotateSigningKey({ by: actor.name, distrustOther: order.isStolen });
      return signingKeyStatus();
    case 'trust-signing-keys':
      await trustBothKeys(actor.name);
      return signingKeyStatus();
    default:
      return order satisfies never;
  }
}

async function checkPassword({ password, ...owner }: { name: string; email: string; password?: string | undefined }) {
  if (password !== undefined) await checkPasswordOf(owner, password, '/owner/password');
}

/** A key of the tenant, with no more than its owner could give it. */
async function createApiKey(
  tenantId: string,
  { expiresAt, ...settings }: z.infer<typeof createApiKeyBody>,
  actor: ReturnType<typeof installationActor>,
): Promise<object> {
  const beyond = settings.scopes.find((scope) => !isGranted(permissionsOf(['OWNER']), scope));
  if (beyond !== undefined) throw new AppError('forbidden', undefined, { values: { permission: beyond } });
  await refuseForeignStations(tenantId, settings.stationIds);
  const made = makeKey(stageName());
  const id = newId('key');
  await openSession(tenantId, { actor }).transact('identity', (unit) =>
    addApiKey(unit, tenantId, {
      id,
      ...settings,
      workspaces: ['*'],
      expiresAtTime: expiresAt,
      keyPrefix: made.prefix,
      keyHash: made.hash,
      isActive: true,
      createdBy: actor.id,
    }),
  );
  return { id, key: made.key };
}

/** Read past what this instance remembers. */
async function signingKeyStatus(): Promise<object> {
  const state = await readSigningState(Date.now(), { isFresh: true });
  const { active, accepted } = await loadSigningKeys();
  return { ...state, kid: active.kid, accepted: accepted.map(({ kid }) => kid) };
}
