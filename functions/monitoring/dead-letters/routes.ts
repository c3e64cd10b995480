/**
 * Dead letters of all domains, for who runs the installation: they hold messages of every tenant, so no role of a tenant
 * reaches them.
 */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { queryInteger, utcTime } from '../../../layers/kernel/schema/common.ts';

const params = z.object({
  queue: z.string().check(z.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'Not a name of the list.'), z.maxLength(60)),
});
const read = 'system:dead_letters:read';
const write = 'system:dead_letters:write';

const queueView = z.object({
  /** `<domain>-<queue>`. */
  queue: z.string(),
  messages: z.int(),
  inFlight: z.int(),
  /** Whether its messages can be sent back to where they came from. */
  isRedrivable: z.boolean(),
});
const redriveView = z.object({
  status: z.enum(['running', 'completed', 'cancelled', 'cancelling', 'failed']),
  moved: z.int(),
  toMove: z.nullable(z.int()),
  startedAt: utcTime(),
  failureReason: z.nullable(z.string()),
});

export const deadLetters = defineResource({
  name: 'dead-letters',
  base: '/api/v1/developer/dead-letters',
  title: 'Dead letters',
  routes: {
    listDeadLetterQueues: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List the dead-letter queues with how much is in them.',
      query: z.object({ onlyFilled: z._default(z.enum(['true', 'false']), 'false') }),
      response: z.array(queueView),
    },
    inspectDeadLetters: {
      method: 'GET',
      path: '/{queue}/messages',
      access: read,
      summary: 'Look at some messages of a queue, in no order and without taking them; secrets are masked.',
      params,
      query: z.object({ count: z._default(queryInteger(1, 10), 10) }),
      response: z.array(
        z.object({
          messageId: z.string(),
          sentAt: utcTime(),
          receiveCount: z.int(),
          tenantId: z.nullable(z.string()),
          eventType: z.nullable(z.string()),
          correlationId: z.nullable(z.string()),
          /** Why AWS could not hand it over, where AWS put it there itself. */
          errorCode: z.nullable(z.string()),
          body: z.string(),
          isCut: z.boolean(),
        }),
      ),
      errors: ['not_found'],
    },
    redriveDeadLetters: {
      method: 'POST',
      path: '/{queue}/redrive',
      access: write,
      summary: 'Send everything in a queue back to where it came from.',
      description: 'Fix the cause first: what fails again comes back. Every consumer is idempotent.',
      params,
      body: z.optional(z.strictObject({ perSecond: z.optional(z.int().check(z.gte(1), z.lte(500))) })),
      response: redriveView,
      status: 202,
      errors: ['not_found', 'conflict'],
    },
    listRedrives: {
      method: 'GET',
      path: '/{queue}/redrives',
      access: read,
      summary: 'How far the newest redrives of a queue came.',
      params,
      response: z.array(redriveView),
      errors: ['not_found'],
    },
    cancelRedrive: {
      method: 'POST',
      path: '/{queue}/redrive/cancel',
      access: write,
      summary: 'Stop the running redrive of a queue; what was moved stays moved.',
      params,
      errors: ['not_found', 'conflict'],
    },
  },
});

export type DeadLetterRoutes = typeof deadLetters.routes;
