/** What is told to create a tenant and its owner from outside the API. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { systemRoleNames } from '../roles/system-roles.ts';
import { tenantSchema } from '../tenants/tenant-entity.ts';

export const newTenant = z.extend(tenantSchema, {
  id: z
    .string()
    .check(
      z.regex(
        /^[a-z0-9-]{3,40}$/,
        fieldMessage(
          'Use 3 to 40 small letters, digits or "-".',
          'استخدم من 3 إلى 40 من الحروف اللاتينية الصغيرة والأرقام و"-".',
        ),
      ),
    ),
});

export const newOwner = z.object({
  name: label(),
  email: z.string().check(z.trim(), z.email(), z.maxLength(254)),
  /** Without one the owner is invited by e-mail. */
  password: z.optional(z.string().check(z.minLength(12), z.maxLength(256))),
  roles: z._default(z.array(z.enum(systemRoleNames)), ['OWNER']),
});

/** Whom the audit trail names. @param by who runs the command, as far as they say */
export const installationActor = (by?: string) => ({
  id: 'installation',
  kind: 'system',
  name: by === undefined ? 'installation' : `installation (${by})`,
});
