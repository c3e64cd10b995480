/** What a client sends and sees of an alert rule. */
import * as z from 'zod/mini';
import { fieldText } from '../../../layers/kernel/i18n/field-message.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { thresholdOperators } from '../../../layers/monitoring/judge-threshold.ts';
import { isEventPattern } from '../../../layers/webhooks/event-pattern.ts';
import { filterProblems } from '../../../layers/webhooks/payload-filter.ts';
import { businessMetricNames } from '../business-metrics/business-catalogue.ts';
import { metricNames, statistics } from '../metrics/metric-catalogue.ts';
import { conditionProblem } from './check-condition.ts';
import { placeholders, unknownPlaceholders } from './fill-template.ts';
import { type MetricCondition, metricScopes } from './rule-entity.ts';

const watched = {
  /** `installation`: the metrics of `/metrics`, for who runs it. `tenant`: your own counters of `/metrics/business`. */
  scope: z._default(z.enum(metricScopes), 'installation'),
  metric: z.enum([...new Set([...metricNames, ...businessMetricNames])]),
  statistic: z.optional(z.enum(statistics)),
  /** Length of the periods that are judged: 5, 15 or 60 of the installation, 60 or 1440 (days, UTC) of a tenant's counters. */
  periodMinutes: z._default(z.union([z.literal(5), z.literal(15), z.literal(60), z.literal(1440)]), 5),
};

const agrees = z.check<MetricCondition>((context) => {
  const problem = conditionProblem(context.value);
  if (problem === undefined) return;
  const { field, en, ar } = problem;
  context.issues.push({ code: 'custom', message: fieldText(en, ar), path: [field], input: context.value });
});

const threshold = z
  .strictObject({
    ...watched,
    operator: z.enum(thresholdOperators),
    value: z.number(),
    /** How many periods in a row. */
    periods: z._default(z.int().check(z.gte(1), z.lte(12)), 1),
  })
  .check(agrees);

const anomaly = z
  .strictObject({
    ...watched,
    /** Robust standard deviations from what is usual. */
    sensitivity: z._default(z.number().check(z.gte(2), z.lte(20)), 4),
    direction: z._default(z.enum(['above', 'below', 'both']), 'both'),
    /** What repeats: a value is compared with those of the same time of the day or of the week. */
    season: z._default(z.enum(['none', 'day', 'week']), 'day'),
    historyDays: z._default(z.int().check(z.gte(1), z.lte(28)), 14),
  })
  .check(agrees);

const eventPattern = z.string().check(
  z.refine((text: string) => isEventPattern(text), {
    error: () => fieldText('Not an event type, "<name>.*" or "*".', 'ليس نوع حدث ولا "<name>.*" ولا "*".'),
  }),
);
const filter = z.record(z.string(), z.unknown()).check((context) => {
  const problem = filterProblems(context.value)[0];
  if (problem)
    context.issues.push({ code: 'custom', message: `${problem.path}: ${problem.message}`, input: context.value });
});

const pattern = z.strictObject({
  eventTypes: z.array(eventPattern).check(z.minLength(1), z.maxLength(20)),
  /** On the payload, in the syntax of webhook filters. */
  filter: z.optional(filter),
  /** How many such events within the window. */
  count: z._default(z.int().check(z.gte(1), z.lte(100)), 1),
  windowMinutes: z._default(z.int().check(z.gte(1), z.lte(1440)), 60),
  /** `aggregate` counts the events of each meter, user … by itself. */
  groupBy: z._default(z.enum(['rule', 'aggregate']), 'rule'),
});

const template = (max: number) =>
  z.string().check(z.trim(), z.minLength(1), z.maxLength(max), (context) => {
    const unknown = unknownPlaceholders(context.value);
    if (unknown.length === 0) return;
    const known = placeholders.map((name) => `{${name}}`).join(' ');
    const message = fieldText(
      `Unknown placeholder {${unknown[0]}}. Known are ${known}.`,
      `رمز غير معروف {${unknown[0]}}. المعروفة هي ${known}.`,
    );
    context.issues.push({ code: 'custom', message, input: context.value });
  });
const translated = (max: number) => z.strictObject({ en: template(max), ar: template(max) });

const moment = {
  /** When it is taken: when the alert is raised, when nobody took it on in time, or both. */
  on: z._default(z.enum(['raise', 'escalate', 'both']), 'raise'),
  locale: z._default(z.enum(['en', 'ar']), 'en'),
};

const action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('email'), to: z.email().check(z.maxLength(254)), ...moment }),
  z.strictObject({ type: z.literal('sms'), to: z.string().check(z.regex(/^\+[1-9]\d{6,14}$/)), ...moment }),
  /** The address as it was shown, masked, keeps the stored one. */
  z.strictObject({ type: z.enum(['webhook', 'slack']), url: z.string().check(z.maxLength(500)), ...moment }),
]);

const own = {
  name: label(200),
  description: z.optional(label(2000)),
  alertType: z.enum(['performance', 'security', 'system', 'business']),
  severity: z.enum(['info', 'warning', 'error', 'critical']),
  titleTemplate: translated(300),
  descriptionTemplate: z.optional(translated(2000)),
  actions: z._default(z.array(action).check(z.maxLength(10)), []),
  isActive: z._default(z.boolean(), true),
  cooldownMinutes: z._default(z.int().check(z.gte(1), z.lte(1440)), 15),
  escalateAfterMinutes: z.optional(z.int().check(z.gte(1), z.lte(10_080))),
  expiresAfterMinutes: z.optional(z.int().check(z.gte(5), z.lte(43_200))),
};

/** A rule is sent whole, to make it and to change it: conditions and templates belong together. */
export const ruleInput = z.discriminatedUnion('conditionType', [
  z.strictObject({ conditionType: z.literal('threshold'), conditionConfig: threshold, ...own }),
  z.strictObject({ conditionType: z.literal('anomaly'), conditionConfig: anomaly, ...own }),
  z.strictObject({ conditionType: z.literal('pattern'), conditionConfig: pattern, ...own }),
]);
export type RuleInput = z.infer<typeof ruleInput>;

export const ruleView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  conditionType: z.enum(['threshold', 'anomaly', 'pattern']),
  conditionConfig: z.record(z.string(), z.unknown()),
  alertType: own.alertType,
  severity: own.severity,
  titleTemplate: z.object({ en: z.string(), ar: z.string() }),
  descriptionTemplate: z.nullable(z.object({ en: z.string(), ar: z.string() })),
  actions: z.array(
    z.object({
      id: z.string(),
      type: z.enum(['email', 'sms', 'webhook', 'slack']),
      to: z.nullable(z.string()),
      url: z.nullable(z.string()),
      on: z.enum(['raise', 'escalate', 'both']),
      locale: z.enum(['en', 'ar']),
    }),
  ),
  isActive: z.boolean(),
  cooldownMinutes: z.int(),
  escalateAfterMinutes: z.nullable(z.int()),
  expiresAfterMinutes: z.nullable(z.int()),
  /** Whether it is part of the product: it can be changed and switched off, and is restored by deleting the change. */
  isDefault: z.boolean(),
  createdBy: z.nullable(z.string()),
  createdAt: utcTime(),
  updatedAt: utcTime(),
  version: z.int(),
});
export type RuleView = z.infer<typeof ruleView>;
