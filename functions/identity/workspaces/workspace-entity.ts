/** A workspace: a partition of a tenant's data with members of its own. Who is a member stands on the user's row. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { label } from '../../../layers/kernel/schema/common.ts';

export const workspaceKinds = ['personal', 'corporate'] as const;
/** An archived workspace can be read and not written to. */
export const workspaceStatuses = ['active', 'archived'] as const;

/** Of one user, so that what a token's holder may enter stays short. */
export const maxWorkspacesOfUser = 50;

export const workspaceSchema = z.object({
  id: z.string(),
  name: label(100),
  description: z.optional(label(500)),
  kind: z.enum(workspaceKinds),
  /** Of a personal workspace the only member, of a corporate one who made it. */
  ownerId: z.string(),
  status: z.enum(workspaceStatuses),
});

export type Workspace = z.infer<typeof workspaceSchema>;

export const workspaceEntity = defineEntity<Workspace>()({
  name: 'workspace',
  table: 'identity',
  key: ({ id }) => ({ pk: ['WORKSPACE', id], sk: ['WORKSPACE'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['WORKSPACE'], sk: [id] }) },
  idOf: ({ id }) => id,
});

export const tooMany = (): AppError =>
  new AppError('unprocessable', undefined, {
    texts: {
      en: `A user can be a member of ${maxWorkspacesOfUser} workspaces at most.`,
      ar: `يمكن أن يكون المستخدم عضوًا في ${maxWorkspacesOfUser} مساحة عمل على الأكثر.`,
    },
  });
