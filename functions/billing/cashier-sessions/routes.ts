/** Routes of cashier sessions. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import {
  cashierSessionStatuses,
  closeSessionSchema,
  moveMoneySchema,
  openSessionSchema,
  storedMovementSchema,
  storedSessionSchema,
} from './cashier-session-schema.ts';

const params = z.object({ id: generatedId('csh') });
const outcome = { params, status: 200, response: storedSessionSchema, errors: ['not_found', 'conflict'] } as const;

export const cashierSessions = defineResource({
  name: 'cashier-sessions',
  base: '/api/billing/cashier-sessions',
  title: 'Cashier sessions',
  routes: {
    listCashierSessions: {
      method: 'GET',
      path: '',
      access: 'billing:cashier-sessions:read',
      summary: 'List cashier sessions, the newest first.',
      query: z.object({ cashierId: z.optional(label(60)), status: z.optional(z.enum(cashierSessionStatuses)) }),
      response: z.array(storedSessionSchema),
      paginated: true,
    },
    openCashierSession: {
      method: 'POST',
      path: '',
      access: 'billing:cashier-sessions:write',
      summary: 'Open a till of your own at a desk, with the cash it begins with.',
      description:
        'A cashier has one open till and a desk has one. Until it is closed, what its cashier takes in cash, by cheque or by card goes into it by itself, and its receipts are numbered without a gap.',
      body: openSessionSchema,
      response: storedSessionSchema,
      errors: ['already_exists', 'unprocessable'],
    },
    getOwnCashierSession: {
      method: 'GET',
      path: '/current',
      access: 'billing:cashier-sessions:write',
      summary: 'Your own open till.',
      response: storedSessionSchema,
      errors: ['not_found'],
    },
    getCashierSession: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:cashier-sessions:read',
      summary: 'The report of a till: what must be in it, what was counted, and how the two differ.',
      params,
      response: storedSessionSchema,
      errors: ['not_found'],
    },
    listTillMovements: {
      method: 'GET',
      path: '/{id}/movements',
      access: 'billing:cashier-sessions:read',
      summary: 'Everything that went into a till and out of it, in order.',
      params,
      response: z.array(storedMovementSchema),
      paginated: true,
      errors: ['not_found'],
    },
    moveTillMoney: {
      method: 'POST',
      path: '/{id}/movements',
      access: 'billing:cashier-sessions:write',
      summary: 'Put cash into your own till or take it out, other than by a payment.',
      params,
      body: moveMoneySchema,
      response: storedMovementSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    closeCashierSession: {
      ...outcome,
      method: 'POST',
      path: '/{id}/close',
      access: 'billing:cashier-sessions:write',
      summary: 'Close your own till with what you counted.',
      description:
        'A difference needs a reason, and above `differenceApprovalAbove` of the settings a second person: the session is `counted` until then, and takes nothing more.',
      body: closeSessionSchema,
      errors: ['not_found', 'conflict', 'unprocessable', 'forbidden'],
    },
    approveTillDifferences: {
      ...outcome,
      method: 'POST',
      path: '/{id}/approve',
      access: 'billing:cashier-sessions:approve',
      summary: 'Accept the differences of a till that was counted, and close it; its cashier cannot.',
      errors: ['not_found', 'conflict', 'forbidden'],
    },
    recountTill: {
      ...outcome,
      method: 'POST',
      path: '/{id}/recount',
      access: 'billing:cashier-sessions:approve',
      summary: 'Have a till that was counted counted again.',
    },
    closeAbandonedTill: {
      ...outcome,
      method: 'POST',
      path: '/{id}/close-for-cashier',
      access: 'billing:cashier-sessions:approve',
      summary: 'Close the till of a cashier who cannot.',
      body: closeSessionSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
  },
});
