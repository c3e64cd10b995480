/** What rules need to know of a tenant, and the rules themselves. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dateIn } from '../../../layers/ledger/fiscal-calendar.ts';
import type { RuleContext } from '../../../layers/ledger/posting-rule.ts';
import { tenantProfile } from '../../identity/contract.ts';
import type { Books } from '../books/books-entity.ts';
import { postingRuleEntity, type StoredRule } from './posting-rule-entity.ts';

export async function ruleContext(session: TenantSession, books: Books): Promise<RuleContext> {
  const { timeZone } = await tenantProfile(session);
  return {
    roles: books.roles,
    baseCurrency: books.baseCurrency,
    dateOf: (instant) => dateIn(timeZone, instant),
  };
}

export async function readRules(session: TenantSession): Promise<(StoredRule & Stored)[]> {
  const page = await session.query<StoredRule & Stored>(postingRuleEntity, {
    pk: ['POSTING-RULES'],
    limit: 1000,
    consistent: true,
  });
  return page.items;
}
