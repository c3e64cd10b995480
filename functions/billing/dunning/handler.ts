/** Lambda entry of `/api/billing/dunning-policy`. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { listActions } from './collection-log.ts';
import { dunningPolicyEntity, readPolicy } from './policy.ts';
import { dunning } from './routes.ts';

export const handler = serve(
  dunning,
  {
    getDunningPolicy: async ({ session }) => ({ data: await readPolicy(session) }),
    listCollectionActions: async ({ session, query: { customerId, invoiceId }, page }) => {
      if (customerId !== undefined && invoiceId === undefined) return listActions(session, { customerId }, page);
      if (invoiceId !== undefined && customerId === undefined) return listActions(session, { invoiceId }, page);
      throw new AppError('unprocessable', undefined, {
        texts: { en: 'Name either `customerId` or `invoiceId`.', ar: 'حدد إما `customerId` أو `invoiceId`.' },
      });
    },
    changeDunningPolicy: async ({ session, body }) => {
      await saveRow(session, dunningPolicyEntity, { id: 'dunning', ...body }, { removable: ['spared'] });
      return { data: body };
    },
  },
  { table: 'billing' },
);
