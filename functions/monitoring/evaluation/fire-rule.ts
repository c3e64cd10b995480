/** A rule that holds raises its alert, in the transaction that remembers that it did: never twice within the cooldown. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { raiseAlert } from '../../platform/contract.ts';
import { fillTranslated, type TemplateValues } from '../alert-rules/fill-template.ts';
import { type RuleState, ruleStateEntity, type StoredRule } from '../alert-rules/rule-entity.ts';

export interface Finding {
  values: TemplateValues;
  data: Record<string, unknown>;
}

const maxRounds = 6;

/**
 * Looks at what a rule remembers of a group and changes it, again when somebody else did so at the same time.
 * @param decide the next state, with a finding when the alert is to be raised; undefined when there is nothing to do
 */
export async function updateState(
  session: TenantSession,
  rule: StoredRule,
  group: string,
  decide: (state: RuleState) => { state: RuleState; finding?: Finding } | undefined,
): Promise<boolean> {
  const key = { ruleId: rule.id, group };
  for (let round = 1; ; round++) {
    const before = await session.get(ruleStateEntity, key, { consistent: true });
    const decision = decide(before ?? { ...key, hits: [], spentEventIds: [] });
    if (decision === undefined) return false;
    const { state, finding } = decision;
    try {
      await session.transact('monitoring', (unit) => {
        if (before === undefined) unit.create(ruleStateEntity, state);
        else unit.update(ruleStateEntity, before, state, { isAudited: false });
        if (finding) raise(unit, rule, group, finding, session.context.now());
      });
      return finding !== undefined;
    } catch (error) {
      const isRace = isAppError(error) && (error.code === 'already_exists' || error.code === 'version_conflict');
      if (!isRace || round === maxRounds) throw error;
    }
  }
}

export function isCoolingDown({ lastFiredAt }: RuleState, { cooldownMinutes }: StoredRule, now: string): boolean {
  return lastFiredAt !== undefined && Date.parse(now) - Date.parse(lastFiredAt) < cooldownMinutes * 60_000;
}

function raise(unit: UnitOfWork, rule: StoredRule, group: string, { values, data }: Finding, now: string): void {
  const filled: TemplateValues = { rule: rule.name, severity: rule.severity, time: now, ...values };
  const description = rule.descriptionTemplate && fillTranslated(rule.descriptionTemplate, filled);
  raiseAlert(unit, {
    alertType: rule.alertType,
    severity: rule.severity,
    title: fillTranslated(rule.titleTemplate, filled),
    ...(description ? { description: description.en } : {}),
    sourceSystem: 'monitoring',
    sourceRuleId: rule.id,
    alertData: { ...data, ...(description ? { description } : {}) },
    dedupeKey: `rule/${rule.id}/${group}`.slice(0, 200),
    ...(rule.escalateAfterMinutes === undefined ? {} : { escalateAfterMinutes: rule.escalateAfterMinutes }),
    ...(rule.expiresAfterMinutes === undefined ? {} : { expiresAfterMinutes: rule.expiresAfterMinutes }),
  });
}
