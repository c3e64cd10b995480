/** Lambda entry of `/api/billing/prepaid/switches`. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { personBehind } from '../../identity/contract.ts';
import { type Supply, shownSupply } from '../supplies/supply-schema.ts';
import { supplyModes } from './switch-routes.ts';
import { switchToPostpaid } from './switch-to-postpaid.ts';
import { switchToPrepaid } from './switch-to-prepaid.ts';

const shown = <S extends { supply: Supply & Stored }>(switched: S): S => ({
  ...switched,
  supply: shownSupply(switched.supply),
});

export const handler = serve(
  supplyModes,
  {
    switchToPrepaid: async ({ session, body }) => ({ data: shown(await switchToPrepaid(session, body)) }),
    switchToPostpaid: async ({ session, body, principal }) => ({
      data: shown(
        await switchToPostpaid(session, { ...body, requestedBy: await personBehind(session, principal.subject) }),
      ),
    }),
  },
  { table: 'billing' },
);
