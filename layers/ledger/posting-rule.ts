/**
 * Posting rules: how an event of another domain becomes an entry, as data. A rule is read against the event's payload by
 * dotted paths; `event.` in front of a path means the envelope, `item.` the element of a repeated line.
 */
import type { Translated } from '../kernel/i18n/locale.ts';
import { isCurrency } from '../money/currencies.ts';
import { formatDecimal, isDecimal, parseDecimal, powerOfTen } from '../money/decimal.ts';
import { otherSide, type Side } from './account-types.ts';
import type { Journal } from './journals.ts';
import type { LineInput } from './prepare-lines.ts';

export const conditionOperators = ['=', '<>', 'in', 'exists', 'missing'] as const;

export interface RuleCondition {
  path: string;
  operator: (typeof conditionOperators)[number];
  /** For `in`: the values, separated by commas. */
  value?: string | undefined;
}

export interface RuleLine {
  /** The account: by code, by role, or by the code found at a path. One of the three. */
  accountId?: string | undefined;
  role?: string | undefined;
  /**
   * Path of a class, such as the customer's type: where the settings have the role `<role>-<class>`, its account is taken.
   * @default the role's own account, also where the event tells no class
   */
  roleBy?: string | undefined;
  accountPath?: string | undefined;
  side: Side;
  /** Paths of amounts that are added up; `-` in front subtracts. A negative sum changes the side, a sum of zero leaves the line out. */
  amountPaths: string[];
  /** All must hold, or the line is left out. */
  when?: RuleCondition[] | undefined;
  /** Path of a list: the line is repeated for each of its elements. */
  forEach?: string | undefined;
  memo?: string | undefined;
  memoAr?: string | undefined;
  /** Name of the dimension to path of its value. */
  dimensions?: Record<string, string> | undefined;
}

export interface PostingRule {
  id: string;
  eventType: string;
  isActive: boolean;
  /** All must hold, or the rule does not apply. */
  conditions: RuleCondition[];
  journal: Journal;
  /** Path of the accounting date. @default when the event happened, where the tenant is */
  datePath?: string | undefined;
  /** @default the base currency */
  currencyPath?: string | undefined;
  /** Path of the exchange rate to the base currency. */
  ratePath?: string | undefined;
  externalReferencePath?: string | undefined;
  /** Texts with `{path}` in them. */
  description: string;
  descriptionAr?: string | undefined;
  lines: RuleLine[];
}

/** The part of an event that rules see. */
export interface RuleEvent {
  id: string;
  type: string;
  aggregateId: string;
  occurredAt: string;
  payload: unknown;
}

export interface RuleContext {
  /** Account by role. */
  roles: Readonly<Record<string, string>>;
  baseCurrency: string;
  /** Date of an instant where the tenant is. */
  dateOf: (instant: string) => string;
}

export interface RuleResult {
  date: string;
  description: string;
  descriptionAr?: string | undefined;
  externalReference?: string | undefined;
  lines: LineInput[];
}

/** `skipped`: the rule does not apply or nothing is left to post. */
export type RuleOutcome = { result: RuleResult } | { skipped: Translated } | { problems: Translated[] };

export function applyRule(rule: PostingRule, event: RuleEvent, context: RuleContext): RuleOutcome {
  if (rule.eventType !== event.type) return skip('another event type', 'نوع حدث آخر');
  if (!rule.conditions.every((condition) => holds(condition, event)))
    return skip('its conditions do not hold', 'شروطها غير محققة');
  const problems: Translated[] = [];
  const currency = textAt(rule.currencyPath, event) ?? context.baseCurrency;
  if (!isCurrency(currency)) problems.push({ en: `"${currency}" is no currency.`, ar: `"${currency}" ليست عملة.` });
  const rate = textAt(rule.ratePath, event);
  const lines: LineInput[] = [];
  for (const line of rule.lines)
    for (const item of itemsOf(line, event)) {
      const outcome = applyLine(line, event, item, context);
      if (outcome === undefined) continue;
      if ('en' in outcome) problems.push(outcome);
      else
        lines.push({
          ...outcome,
          currency,
          ...(rate !== undefined && currency !== context.baseCurrency ? { rate } : {}),
        });
    }
  const date = (textAt(rule.datePath, event) ?? context.dateOf(event.occurredAt)).slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(`${date}T00:00:00Z`)))
    problems.push({ en: `"${date}" is no date.`, ar: `"${date}" ليس تاريخًا.` });
  if (problems.length > 0) return { problems };
  if (lines.length === 0) return skip('nothing is left to post', 'لا يوجد ما يُرحّل');
  return {
    result: {
      date,
      description: fill(rule.description, event),
      descriptionAr: rule.descriptionAr === undefined ? undefined : fill(rule.descriptionAr, event),
      externalReference: textAt(rule.externalReferencePath, event)?.slice(0, 100),
      lines,
    },
  };
}

const skip = (en: string, ar: string): RuleOutcome => ({ skipped: { en, ar } });

function itemsOf(line: RuleLine, event: RuleEvent): unknown[] {
  if (line.forEach === undefined) return [undefined];
  const list = valueAt(line.forEach, event);
  return Array.isArray(list) ? list : [];
}

function applyLine(
  line: RuleLine,
  event: RuleEvent,
  item: unknown,
  { roles }: RuleContext,
): Omit<LineInput, 'currency'> | Translated | undefined {
  if (line.when !== undefined && !line.when.every((condition) => holds(condition, event, item))) return undefined;
  const sum = sumOf(line.amountPaths, event, item);
  if (typeof sum === 'string') return { en: `There is no amount at "${sum}".`, ar: `لا يوجد مبلغ في "${sum}".` };
  if (sum.units === 0n) return undefined;
  const accountId = line.accountId ?? accountOfRole(line, event, item, roles) ?? textAt(line.accountPath, event, item);
  if (accountId === undefined) {
    const name = line.role ?? line.accountPath ?? '';
    return { en: `No account has the role "${name}".`, ar: `لا يوجد حساب للدور "${name}".` };
  }
  const dimensions = Object.entries(line.dimensions ?? {}).flatMap(([name, path]) => {
    const value = textAt(path, event, item);
    return value === undefined || value === '' ? [] : [[name, value.slice(0, 100)]];
  });
  return {
    accountId,
    side: sum.units < 0n ? otherSide(line.side) : line.side,
    amount: formatDecimal({ ...sum, units: sum.units < 0n ? -sum.units : sum.units }),
    ...(line.memo === undefined ? {} : { memo: fill(line.memo, event, item) }),
    ...(line.memoAr === undefined ? {} : { memoAr: fill(line.memoAr, event, item) }),
    ...(dimensions.length === 0 ? {} : { dimensions: Object.fromEntries(dimensions) }),
  };
}

function accountOfRole(
  { role, roleBy }: RuleLine,
  event: RuleEvent,
  item: unknown,
  roles: RuleContext['roles'],
): string | undefined {
  if (role === undefined) return undefined;
  const of = textAt(roleBy, event, item);
  return (of === undefined ? undefined : roles[`${role}-${of}`]) ?? roles[role];
}

/** The sum, or the path that leads to no amount. The first path is required; others count as zero when missing. */
function sumOf(paths: readonly string[], event: RuleEvent, item: unknown): { units: bigint; scale: number } | string {
  let [units, scale] = [0n, 0];
  for (const [position, signed] of paths.entries()) {
    const path = signed.startsWith('-') ? signed.slice(1) : signed;
    const text = textAt(path, event, item);
    if (text === undefined && position > 0) continue;
    if (text === undefined || !isDecimal(text)) return path;
    const amount = parseDecimal(text);
    const common = Math.max(scale, amount.scale);
    const aligned = amount.units * powerOfTen(common - amount.scale);
    units = units * powerOfTen(common - scale) + (path === signed ? aligned : -aligned);
    scale = common;
  }
  return { units, scale };
}

function holds({ path, operator, value = '' }: RuleCondition, event: RuleEvent, item?: unknown): boolean {
  const text = textAt(path, event, item);
  switch (operator) {
    case '=':
      return text === value;
    case '<>':
      return text !== value;
    case 'in':
      return text !== undefined && value.split(',').some((one) => one.trim() === text);
    case 'exists':
      return text !== undefined;
    case 'missing':
      return text === undefined;
    default:
      return operator satisfies never;
  }
}

function fill(template: string, event: RuleEvent, item?: unknown): string {
  const text = template.replace(/\{([\w.]+)\}/g, (_, path: string) => textAt(path, event, item) ?? '');
  return text.trim().slice(0, 500) || event.type;
}

function textAt(path: string | undefined, event: RuleEvent, item?: unknown): string | undefined {
  if (path === undefined) return undefined;
  const value = valueAt(path, event, item);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function valueAt(path: string, event: RuleEvent, item?: unknown): unknown {
  const [first, ...rest] = path.split('.');
  if (first === 'event') return descend(event, rest);
  if (first === 'item') return descend(item, rest);
  return descend(event.payload, [first!, ...rest]);
}

const descend = (value: unknown, steps: readonly string[]): unknown =>
  steps.reduce<unknown>(
    (node, step) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, step)
        ? (node as Record<string, unknown>)[step]
        : undefined,
    value,
  );
