/** A role of a tenant's own: a named set of permission strings. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';

/** As many as a person can tell apart; more would also make the authorizer's answer large. */
export const maxRoles = 50;
export const maxRolesOfUser = 10;

const permission = z
  .string()
  .check(
    z.maxLength(100),
    z.regex(
      /^[a-z][a-z0-9_-]*(:(\*|[a-z][a-z0-9_-]*)){1,2}$/,
      fieldMessage(
        'Use permissions such as "metering:readings:read" or "billing:*".',
        'استخدم صلاحيات مثل "metering:readings:read" أو "billing:*".',
      ),
    ),
  );

export const roleBody = z.object({
  name: label(100),
  nameAr: z.optional(label(100)),
  description: z.optional(label(500)),
  descriptionAr: z.optional(label(500)),
  permissions: z.array(permission).check(z.minLength(1), z.maxLength(100)),
});

export type Role = z.infer<typeof roleBody> & { id: string };

export const roleEntity = defineEntity<Role>()({
  name: 'role',
  table: 'identity',
  key: ({ id }) => ({ pk: ['ROLE', id], sk: ['ROLE'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['ROLE'], sk: [id] }) },
  idOf: ({ id }) => id,
});

export const isCustomRole = (role: string): boolean => role.startsWith('rol_');
