/** How a utility collects what is owed: steps counted from the day an invoice is due, and when nobody is switched off, as data of the tenant. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { timeOfDay } from '../../../layers/kernel/schema/common.ts';
import { amount } from '../../../layers/money/money-schema.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { messageChannels } from '../customers/customer-schema.ts';

const step = {
  id: z
    .string()
    .check(
      z.regex(
        /^[a-z][a-z0-9-]{0,39}$/,
        fieldMessage('Use small letters, digits and "-".', 'استخدم حروفًا لاتينية صغيرة وأرقامًا و"-".'),
      ),
    ),
  /** Days after the due date; negative before it. */
  afterDays: z.int().check(z.minimum(-30), z.maximum(365)),
};

/** What is done for being late is done to nobody who is not late yet. */
const afterDays = z
  .int()
  .check(
    z.minimum(1, fieldMessage('Not before the day after it is due.', 'ليس قبل اليوم التالي للاستحقاق.')),
    z.maximum(365),
  );

export const dunningActions = ['remind', 'late_fee', 'disconnect'] as const;

const dunningStepSchema = z.discriminatedUnion('action', [
  z.object({
    ...step,
    action: z.literal('remind'),
    channels: z.array(z.enum(messageChannels)).check(z.minLength(1), z.maxLength(4)),
  }),
  z.object({
    ...step,
    afterDays,
    action: z.literal('late_fee'),
    /** Fixed, in the invoice's currency, or a percentage of what is due. */
    fee: z.discriminatedUnion('type', [
      z.object({ type: z.literal('amount'), amount: amount() }),
      z.object({ type: z.literal('percent'), percent: z.string().check(z.regex(/^\d{1,2}(\.\d{1,2})?$/)) }),
    ]),
  }),
  z.object({
    ...step,
    afterDays,
    action: z.literal('disconnect'),
    /** Nobody is disconnected for less. */
    minimumDue: z._default(amount(), '0'),
  }),
]);

export const sparedTimesSchema = z.object({
  /** Days of rest: 1 for Monday to 7 for Sunday. */
  weekdays: z._default(z.array(z.int().check(z.minimum(1), z.maximum(7))).check(z.maxLength(6)), []),
  /** Holidays, local days. */
  days: z._default(z.array(localDate()).check(z.maxLength(200)), []),
  /** Also on the day before any of them. */
  dayBefore: z._default(z.boolean(), true),
  /** Local hours in which alone somebody is switched off. */
  hours: z.optional(
    z
      .object({ from: timeOfDay(), to: timeOfDay() })
      .check(
        z.refine(
          ({ from, to }) => minutes(to) - minutes(from) >= 60,
          fieldMessage('An hour at least, within a day.', 'ساعة على الأقل ضمن يوم واحد.'),
        ),
      ),
  ),
});
export type SparedTimes = z.infer<typeof sparedTimesSchema>;

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

export const dunningPolicySchema = z.object({
  isActive: z._default(z.boolean(), false),
  steps: z._default(
    z.array(dunningStepSchema).check(
      z.maxLength(20),
      z.refine(
        (steps) => new Set(steps.map(({ id }) => id)).size === steps.length,
        fieldMessage('Each step has an id of its own.', 'لكل خطوة معرّفها الخاص.'),
      ),
    ),
    [],
  ),
  /** When nobody is switched off for debt; what was approved waits until it is over. */
  spared: z.optional(sparedTimesSchema),
  /** When the light comes back: nothing is overdue, or less than a disconnection asks for. */
  reconnectWhen: z._default(z.enum(['all_paid', 'below_minimum']), 'all_paid'),
});

export type DunningPolicy = z.infer<typeof dunningPolicySchema>;
export type DunningStep = z.infer<typeof dunningStepSchema>;

export const dunningPolicyEntity = defineEntity<DunningPolicy & { id: 'dunning' }, { id: 'dunning' }>()({
  name: 'dunning policy',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readPolicy(session: TenantSession): Promise<DunningPolicy> {
  return dunningPolicySchema.parse((await session.get(dunningPolicyEntity, { id: 'dunning' })) ?? {});
}
