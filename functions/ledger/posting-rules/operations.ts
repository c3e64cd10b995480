/** What can be done with posting rules, beyond plain CRUD: load the standard ones, and try one. */
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { applyRule } from '../../../layers/ledger/posting-rule.ts';
import { standardRules } from '../../../layers/ledger/standard-rules.ts';
import { readAccounts } from '../accounts/read-chart.ts';
import { readBooks } from '../books/read-books.ts';
import { planPosting } from '../journal-entries/plan-posting.ts';
import { refused } from '../refused.ts';
import { postingRuleEntity, type StoredRule } from './posting-rule-entity.ts';
import type { postingRules } from './routes.ts';
import { readRules, ruleContext } from './rule-context.ts';

type RuleOperations = Operations<typeof postingRules.routes>;

export const ruleOperations: RuleOperations = {
  ...(crudOperations({
    singular: 'PostingRule',
    plural: 'PostingRules',
    entity: postingRuleEntity,
    list: { index: 'gsi1', pk: ['POSTING-RULE'] },
  }) as unknown as RuleOperations),

  loadStandardRules: async ({ session }) => {
    const present = new Set((await readRules(session)).map(({ id }) => id));
    const missing = standardRules.filter(({ id }) => !present.has(id));
    if (missing.length > 0)
      await session.transact('ledger', (unit) => {
        for (const rule of missing) unit.create(postingRuleEntity, rule as StoredRule);
      });
    return { data: { created: missing.length, unchanged: standardRules.length - missing.length } };
  },

  tryPostingRule: async ({ session, body }) => {
    const rule = body.rule ?? (await savedRule(session, body.ruleId));
    const books = await readBooks(session);
    const occurredAt = new Date(body.event.occurredAt ?? session.context.now()).toISOString();
    const event = { ...body.event, id: 'evt_dry_run', occurredAt };
    const outcome = applyRule(rule, event, await ruleContext(session, books));
    if ('skipped' in outcome) return { data: { outcome: 'skipped', messages: [outcome.skipped], lines: [] } };
    if ('problems' in outcome) return { data: { outcome: 'refused', messages: outcome.problems, lines: [] } };
    const { result } = outcome;
    const accounts = await readAccounts(
      session,
      result.lines.map(({ accountId }) => accountId),
    );
    const posting = { ...result, id: 'dry-run', journal: rule.journal, source: { type: 'event' as const } };
    const plan = planPosting(posting, accounts, books.baseCurrency);
    const { date, description, descriptionAr } = result;
    const shown = { date, description, descriptionAr };
    if ('problems' in plan)
      return { data: { outcome: 'refused', messages: plan.problems, ...shown, lines: result.lines } };
    return { data: { outcome: 'posted', messages: [], ...shown, lines: [...plan.planned.lines] } };
  },
};

async function savedRule(session: TenantSession, id: string | undefined): Promise<StoredRule> {
  if (id === undefined)
    throw refused('unprocessable', 'Give a rule or the id of one.', 'أرسل قاعدة أو معرّف قاعدة محفوظة.');
  return session.require(postingRuleEntity, { id });
}
