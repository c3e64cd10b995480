/** How a utility collects what is owed: steps counted from the day an invoice is due, as data of the tenant. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { amount } from '../../../layers/money/money-schema.ts';
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

export const dunningStepSchema = z.discriminatedUnion('action', [
  z.object({
    ...step,
    action: z.literal('remind'),
    channels: z.array(z.enum(messageChannels)).check(z.minLength(1), z.maxLength(3)),
  }),
  z.object({
    ...step,
    action: z.literal('late_fee'),
    /** Fixed, in the invoice's currency, or a percentage of what is due. */
    fee: z.discriminatedUnion('type', [
      z.object({ type: z.literal('amount'), amount: amount() }),
      z.object({ type: z.literal('percent'), percent: z.string().check(z.regex(/^\d{1,2}(\.\d{1,2})?$/)) }),
    ]),
  }),
  z.object({
    ...step,
    action: z.literal('disconnect'),
    /** Nobody is disconnected for less. */
    minimumDue: z._default(amount(), '0'),
  }),
]);

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
