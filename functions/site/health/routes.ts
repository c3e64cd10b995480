/** Whether the platform answers: no credentials, no data store. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

export const health = defineResource({
  name: 'health',
  base: '/api/health',
  title: 'Health',
  routes: {
    getHealth: {
      method: 'GET',
      path: '',
      access: 'public',
      summary: 'Whether the platform answers.',
      response: z.object({ status: z.literal('ok'), stage: z.string(), time: z.string() }),
      example: { status: 'ok', stage: 'dev', time: '2026-01-01T00:00:00.000Z' },
    },
  },
});
