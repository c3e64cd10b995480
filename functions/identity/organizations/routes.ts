/** Organisations: the tenant by its other name, with its company data and its employees. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { empty, label } from '../../../layers/kernel/schema/common.ts';
import { emailAddress } from '../log-in-names/name-fields.ts';
import { tenantSchema } from '../tenants/tenant-entity.ts';
import { publicUserSchema } from '../users/public-user.ts';
import { roleNames, workspaceIds } from '../users/schemas.ts';
import { userStatuses } from '../users/user-entity.ts';

const id = z.string().check(z.maxLength(64));
const company = z.pick(tenantSchema, {
  ...{ name: true, nameAr: true, legalName: true, bin: true, address: true, phone: true },
  ...{ timeZone: true, currency: true, locale: true },
});
const { name, bin, address, phone } = company.shape;
const organization = z.extend(storedSchema(z.extend(company, { id: z.string(), status: z.string() })), {
  /** Whether the control digit of the BIN fits; missing without one. */
  binIsPlausible: z.optional(z.boolean()),
});
const employeeParams = z.object({ orgId: id, empId: id });

export const organizations = defineResource({
  name: 'organizations',
  base: '/api/v1/organizations',
  title: 'Organisations',
  routes: {
    listOrganizations: {
      method: 'GET',
      path: '',
      access: 'authenticated',
      summary: 'List the organisations of the caller: the one they belong to.',
      response: z.array(organization),
    },
    createOrganization: {
      method: 'POST',
      path: '',
      access: 'identity:organizations:create',
      summary: 'Create a further organisation, whose owner is invited by e-mail.',
      description:
        'A person belongs to one organisation, since a log-in name does: the owner of the new one is another e-mail. Nothing of the caller’s organisation is shared with it.',
      body: z.extend(company, { owner: z.object({ name: label(), email: emailAddress() }) }),
      response: z.object({ organization, ownerId: z.string() }),
      errors: ['already_exists', 'forbidden'],
    },
    getOrganization: {
      method: 'GET',
      path: '/{id}',
      access: 'authenticated',
      summary: 'Get the own organisation.',
      params: z.object({ id }),
      response: organization,
      errors: ['not_found'],
    },
    updateOrganization: {
      method: 'PUT',
      path: '/{id}',
      access: 'identity:organizations:write',
      summary: 'Change the company data of the own organisation; fields left out stay, `null` removes.',
      params: z.object({ id }),
      body: z.object({
        name: z.optional(name),
        nameAr: z.optional(z.nullable(label())),
        legalName: z.optional(z.nullable(label())),
        bin: z.optional(z.nullable(bin.def.innerType)),
        address: z.optional(z.nullable(address.def.innerType)),
        phone: z.optional(z.nullable(phone.def.innerType)),
      }),
      response: organization,
      errors: ['not_found', 'already_exists', 'version_conflict'],
    },
    listEmployees: {
      method: 'GET',
      path: '/{orgId}/employees',
      access: 'identity:users:read',
      summary: 'List the people of the organisation; `status=pending` are those who wait for approval.',
      params: z.object({ orgId: id }),
      query: z.object({ status: z.optional(z.enum(userStatuses)) }),
      response: z.array(publicUserSchema),
      paginated: true,
      errors: ['not_found'],
    },
    approveEmployee: {
      method: 'POST',
      path: '/{orgId}/employees/{empId}/approve',
      access: 'identity:employees:approve',
      summary: 'Let somebody in who asked to join, with the roles and workspaces they get.',
      params: employeeParams,
      body: z.optional(z.object({ roles: z.optional(roleNames()), workspaces: z.optional(workspaceIds()) })),
      status: 200,
      response: publicUserSchema,
      errors: ['not_found', 'forbidden', 'conflict'],
    },
    rejectEmployee: {
      method: 'POST',
      path: '/{orgId}/employees/{empId}/reject',
      access: 'identity:employees:approve',
      summary: 'Turn somebody down who asked to join: what they told is deleted, and they may ask again.',
      params: employeeParams,
      status: 200,
      response: empty,
      errors: ['not_found', 'conflict'],
    },
  },
});

export type OrganizationView = z.infer<typeof organization>;
