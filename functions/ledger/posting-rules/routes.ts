/** Routes of posting rules. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { openJournalNames } from '../../../layers/ledger/journals.ts';
import { date } from '../dates.ts';
import { lineInputSchema } from '../journal-entries/entry-entity.ts';
import { postingRuleSchema } from './posting-rule-entity.ts';

const crud = crudRoutes({
  singular: 'PostingRule',
  plural: 'PostingRules',
  permission: 'ledger:rules',
  schema: postingRuleSchema,
  create: postingRuleSchema,
  id: externalId(),
  filters: {
    eventType: z.optional(z.string()),
    journal: z.optional(z.enum(openJournalNames)),
  },
});

export const postingRules = defineResource({
  name: 'posting-rules',
  base: '/api/core/posting-rules',
  title: 'Posting rules',
  routes: {
    ...crud,
    loadStandardRules: {
      method: 'POST',
      path: '/load-standard',
      access: 'ledger:rules:write',
      summary: 'Load the standard posting rules; those that are there stay as they are.',
      response: z.object({ created: z.int(), unchanged: z.int() }),
      status: 200,
      errors: ['conflict'],
    },
    tryPostingRule: {
      method: 'POST',
      path: '/dry-run',
      access: 'ledger:rules:read',
      summary: 'See what a rule would post for an event, without posting it.',
      description: 'Takes a rule of its own, to try before it is saved, or the id of a saved one.',
      body: z.object({
        ruleId: z.optional(externalId()),
        rule: z.optional(postingRuleSchema),
        event: z.object({
          type: z.string().check(z.maxLength(100)),
          aggregateId: z._default(z.string().check(z.maxLength(200)), ''),
          occurredAt: z.optional(z.iso.datetime({ offset: true })),
          payload: z.record(z.string(), z.unknown()),
        }),
      }),
      response: z.object({
        /** `posted`: it would be; `skipped`: the rule does not apply; `refused`: it cannot be posted. */
        outcome: z.enum(['posted', 'skipped', 'refused']),
        messages: z.array(z.object({ en: z.string(), ar: z.string() })),
        date: z.optional(date()),
        description: z.optional(z.string()),
        descriptionAr: z.optional(z.string()),
        lines: z.array(lineInputSchema),
      }),
      status: 200,
      errors: ['not_found', 'unprocessable'],
      idempotent: false,
    },
  },
});
