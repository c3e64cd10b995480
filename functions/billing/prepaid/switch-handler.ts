/** Lambda entry of `/api/billing/prepaid/switches`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { personBehind } from '../../identity/contract.ts';
import { supplyModes } from './switch-routes.ts';
import { switchToPostpaid } from './switch-to-postpaid.ts';
import { switchToPrepaid } from './switch-to-prepaid.ts';

export const handler = serve(
  supplyModes,
  {
    switchToPrepaid: async ({ session, body }) => ({ data: await switchToPrepaid(session, body) }),
    switchToPostpaid: async ({ session, body, principal }) => ({
      data: await switchToPostpaid(session, {
        ...body,
        requestedBy: await personBehind(session, principal.subject),
      }),
    }),
  },
  { table: 'billing' },
);
