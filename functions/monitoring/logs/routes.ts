/** Logs of the tenant: what functions wrote while they worked for it. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { queryInteger, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { idPattern, logKinds, logLevels, sourcePattern, textPattern } from './build-query.ts';

const id = () => z.optional(z.string().check(z.regex(idPattern, 'Letters, digits and ". _ : @ -" only.')));

export const logs = defineResource({
  name: 'logs',
  base: '/api/v1/developer/logs',
  title: 'Logs',
  routes: {
    searchLogs: {
      method: 'GET',
      path: '',
      access: 'platform:logs:read',
      summary: 'Search the log lines of your tenant, newest first.',
      description:
        'The last hour unless you say otherwise, and a day at most: a search costs by what it looks through. Ten searches ' +
        'a minute and 300 a day for a tenant. Lines appear some seconds after they were written.',
      query: z.object({
        from: z.optional(timestamp()),
        to: z.optional(timestamp()),
        kind: z.optional(z.enum(logKinds)),
        level: z.optional(z.enum(logLevels)),
        /** A domain, e.g. `billing`. */
        source: z.optional(z.string().check(z.regex(sourcePattern))),
        userId: id(),
        correlationId: id(),
        requestId: id(),
        /** Words in the line. */
        text: z.optional(
          z.string().check(z.regex(textPattern, 'Letters, digits, spaces and . , : ; @ _ + = # % ? ! - only.')),
        ),
        count: z._default(queryInteger(1, 200), 50),
      }),
      response: z.array(
        z.object({
          at: utcTime(),
          level: z.enum(logLevels),
          message: z.string(),
          source: z.nullable(z.string()),
          service: z.nullable(z.string()),
          userId: z.nullable(z.string()),
          requestId: z.nullable(z.string()),
          correlationId: z.nullable(z.string()),
          /** Whatever else the line holds, without secrets. */
          context: z.record(z.string(), z.unknown()),
        }),
      ),
      errors: ['unprocessable', 'rate_limited', 'unavailable'],
    },
  },
});

export type LogRoutes = typeof logs.routes;
