/** What can be done with alert rules. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { listActionRuns } from '../actions/action-run.ts';
import { operatorTenant } from '../config.ts';
import { isDefaultRuleId } from './default-rules.ts';
import { maxRules, readRules, requireRule } from './read-rules.ts';
import type { AlertRuleRoutes } from './routes.ts';
import { type AlertRule, ruleEntity, type StoredRule } from './rule-entity.ts';
import type { RuleInput, RuleView } from './schemas.ts';
import { sealActions } from './seal-actions.ts';

export const ruleOperations: Operations<AlertRuleRoutes> = {
  getAlertRuleHistory: readHistory(ruleEntity),

  listAlertRules: async ({ session }) => ({ data: (await readRules(session)).map(view) }),

  getAlertRule: async ({ session, params }) => ({ data: view(await requireRule(session, params.id)) }),

  createAlertRule: async ({ session, body, principal }) => {
    requireScope(body, principal);
    if ((await readRules(session)).length >= maxRules)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `A tenant has ${maxRules} alert rules at most: delete one first.`,
          ar: `الحد الأقصى ${maxRules} قاعدة تنبيه: احذف واحدة أولًا.`,
        },
      });
    const rule: AlertRule = {
      ...(body as Omit<RuleInput, 'actions'>),
      id: newId('alr'),
      actions: await sealActions(session.tenantId, body.actions),
      createdBy: principal.subject,
    } as AlertRule;
    return { data: view(await session.transact('monitoring', (unit) => unit.create(ruleEntity, rule))) };
  },

  updateAlertRule: async ({ session, params, body, principal, expectedVersion }) => {
    const before = await requireRule(session, params.id);
    refuseStale(before, expectedVersion);
    requireScope(body, principal);
    const actions = await sealActions(session.tenantId, body.actions, before.actions);
    const { description, descriptionTemplate, escalateAfterMinutes, expiresAfterMinutes } = body;
    // A rule is sent whole: what may be missing and is missing goes.
    const optional = { description, descriptionTemplate, escalateAfterMinutes, expiresAfterMinutes };
    const after = await session.transact('monitoring', (unit) => {
      if (before.version === 0)
        return unit.create(ruleEntity, { ...body, id: params.id, actions, createdBy: principal.subject } as AlertRule);
      const changes = { ...body, ...withNulls(optional), actions } as Partial<AlertRule>;
      return unit.update(ruleEntity, before, changes);
    });
    return { data: view(after) };
  },

  deleteAlertRule: async ({ session, params, expectedVersion }) => {
    const before = await requireRule(session, params.id);
    refuseStale(before, expectedVersion);
    if (before.version === 0)
      throw new AppError('conflict', undefined, {
        texts: {
          en: 'The rule is part of the product: switch it off with "isActive": false.',
          ar: 'القاعدة جزء من النظام: عطّلها باستخدام "isActive": false.',
        },
      });
    await session.transact('monitoring', (unit) => unit.delete(ruleEntity, before));
    return {};
  },

  listAlertActions: async ({ session, params, page }) => {
    await requireRule(session, params.id);
    const { items, nextCursor } = await listActionRuns(session, params.id, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
};

/** Metrics of the installation tell of all tenants: a rule on one is for who may read them, in the tenant that gets its alerts. */
function requireScope(rule: RuleInput, { permissions, tenantId }: Principal): void {
  if (rule.conditionType === 'pattern') return;
  const isOwn = rule.conditionConfig.scope === 'tenant';
  const permission = isOwn ? 'platform:metrics:read' : 'system:metrics:read';
  if (!isGranted(permissions, permission)) throw new AppError('forbidden', undefined, { values: { permission } });
  if (!isOwn && tenantId !== operatorTenant())
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: 'Rules on metrics of the installation belong to the tenant that runs it (setting operatorTenant); "scope": "tenant" watches your own.',
        ar: 'قواعد مقاييس النظام تخص المستأجر الذي يشغّله (الإعداد operatorTenant)؛ "scope": "tenant" يراقب مقاييسك.',
      },
    });
}

const withNulls = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));

function view(rule: StoredRule): RuleView {
  return {
    id: rule.id,
    name: rule.name,
    description: rule.description ?? null,
    conditionType: rule.conditionType,
    conditionConfig: { ...rule.conditionConfig },
    alertType: rule.alertType,
    severity: rule.severity,
    titleTemplate: rule.titleTemplate,
    descriptionTemplate: rule.descriptionTemplate ?? null,
    actions: rule.actions.map((action) => ({
      id: action.id,
      type: action.type,
      to: 'to' in action ? action.to : null,
      url: 'shownUrl' in action ? action.shownUrl : null,
      on: action.on,
      locale: action.locale,
    })),
    isActive: rule.isActive,
    cooldownMinutes: rule.cooldownMinutes,
    escalateAfterMinutes: rule.escalateAfterMinutes ?? null,
    expiresAfterMinutes: rule.expiresAfterMinutes ?? null,
    isDefault: isDefaultRuleId(rule.id),
    createdBy: rule.createdBy ?? null,
    createdAt: rule.createdAt,
    updatedAt: rule.updatedAt,
    version: rule.version,
  };
}
