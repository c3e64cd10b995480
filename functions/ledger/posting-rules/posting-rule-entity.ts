/** A tenant's posting rules: which event of another domain becomes which entry. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { sides } from '../../../layers/ledger/account-types.ts';
import { openJournalNames } from '../../../layers/ledger/journals.ts';
import { conditionOperators } from '../../../layers/ledger/posting-rule.ts';
import { matchesAnyPattern } from '../../../layers/webhooks/event-pattern.ts';

/** What the poster listens to. Nothing the ledger publishes itself: a rule must not feed itself. */
export const postedEventPatterns = [
  'invoice.*',
  'payment.*',
  'bank_line.*',
  'cashier_session.*',
  'prepaid.*',
  'payroll.*',
  'inventory.*',
  'purchase.*',
  'asset.depreciation.*',
  'subscriber.*',
];

const path = () =>
  z
    .string()
    .check(
      z.regex(
        /^[A-Za-z_]\w*(\.\w+){0,7}$/,
        fieldMessage('Not a path such as "customer.id".', 'ليس مسارًا مثل "customer.id".'),
      ),
    );

const signedPath = () =>
  z
    .string()
    .check(
      z.regex(
        /^-?[A-Za-z_]\w*(\.\w+){0,7}$/,
        fieldMessage(
          'Not a path such as "totalAmount" or "-taxAmount".',
          'ليس مسارًا مثل "totalAmount" أو "-taxAmount".',
        ),
      ),
    );

const condition = z.object({
  path: path(),
  operator: z.enum(conditionOperators),
  value: z.optional(z.string().check(z.maxLength(500))),
});

const ruleLine = z
  .object({
    accountId: z.optional(externalId()),
    /** A role of the ledger settings, e.g. `receivables`. */
    role: z.optional(z.string().check(z.regex(/^[a-z][a-z0-9-]{1,39}$/))),
    /** Path of a class, e.g. `customerType`: the account of the role `<role>-<class>` where the settings have it, else the role's. */
    roleBy: z.optional(path()),
    /** Where the event holds the code of the account. */
    accountPath: z.optional(path()),
    side: z.enum(sides),
    /** Amounts that are added up; `-` in front subtracts. A negative sum changes the side, zero leaves the line out. */
    amountPaths: z.array(signedPath()).check(z.minLength(1), z.maxLength(10)),
    when: z.optional(z.array(condition).check(z.maxLength(5))),
    /** Path of a list; the line is repeated for each element, whose fields are `item.…`. */
    forEach: z.optional(path()),
    memo: z.optional(label(200)),
    memoAr: z.optional(label(200)),
    /** Name to path. */
    dimensions: z.optional(z.record(z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/)), path())),
  })
  .check(
    z.refine(
      ({ accountId, role, accountPath }) =>
        [accountId, role, accountPath].filter((one) => one !== undefined).length === 1,
      fieldMessage('Give one of accountId, role and accountPath.', 'حدّد واحدًا من accountId وrole وaccountPath.'),
    ),
    z.refine(
      ({ role, roleBy }) => roleBy === undefined || role !== undefined,
      fieldMessage('roleBy needs a role.', 'يتطلب roleBy دورًا في role.'),
    ),
  );

export const postingRuleSchema = z.object({
  id: externalId(),
  name: label(),
  nameAr: label(),
  eventType: z.string().check(
    z.regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/),
    z.refine(
      (type) => matchesAnyPattern(postedEventPatterns, type),
      fieldMessage(
        `The ledger listens to ${postedEventPatterns.join(', ')}.`,
        `يستمع دفتر الأستاذ إلى ${postedEventPatterns.join('، ')}.`,
      ),
    ),
  ),
  isActive: z._default(z.boolean(), true),
  conditions: z._default(z.array(condition).check(z.maxLength(10)), []),
  journal: z.enum(openJournalNames),
  datePath: z.optional(path()),
  currencyPath: z.optional(path()),
  ratePath: z.optional(path()),
  externalReferencePath: z.optional(path()),
  /** Text with `{path}` in it. */
  description: label(200),
  descriptionAr: z.optional(label(200)),
  lines: z.array(ruleLine).check(z.minLength(2), z.maxLength(40)),
});

export type StoredRule = z.infer<typeof postingRuleSchema>;

export const postingRuleEntity = defineEntity<StoredRule>()({
  name: 'posting rule',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['POSTING-RULES'], sk: [id] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['POSTING-RULE'], sk: [id] }) },
  idOf: ({ id }) => id,
});
