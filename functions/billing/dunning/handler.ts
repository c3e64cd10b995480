/** Lambda entry of `/api/billing/dunning-policy`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { dunningPolicyEntity, readPolicy } from './policy.ts';
import { dunning } from './routes.ts';

export const handler = serve(
  dunning,
  {
    getDunningPolicy: async ({ session }) => ({ data: await readPolicy(session) }),
    changeDunningPolicy: async ({ session, body }) => {
      const before = await session.get(dunningPolicyEntity, { id: 'dunning' }, { consistent: true });
      await session.transact('billing', (unit) => {
        if (before === undefined) unit.create(dunningPolicyEntity, { id: 'dunning', ...body });
        // What is left out is removed.
        else unit.update(dunningPolicyEntity, before, { ...body, spared: body.spared ?? null });
      });
      return { data: body };
    },
  },
  { table: 'billing' },
);
