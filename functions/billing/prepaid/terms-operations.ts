/** What can be done with the terms energy is sold on. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { type Agreement, agreementEntity } from './arrears-agreement.ts';
import { endAgreement, makeAgreement } from './make-agreement.ts';
import { prepaidSettingsEntity, readPrepaidSettings, refuseAmounts } from './settings.ts';
import type { prepaidTerms } from './terms-routes.ts';

export const termsOperations: Operations<typeof prepaidTerms.routes> = {
  getPrepaidSettings: async ({ session }) => ({ data: await readPrepaidSettings(session) }),
  changePrepaidSettings: async ({ session, body }) => {
    const { currency } = await tenantProfile(session);
    refuseAmounts(currency, [body.minimumAmount, body.maximumAmount, body.dailyLimit, body.monthlyLimit]);
    await saveRow(
      session,
      prepaidSettingsEntity,
      { id: 'prepaid', ...body },
      { removable: ['minimumAmount', 'maximumAmount', 'dailyLimit', 'monthlyLimit'] },
    );
    return { data: body };
  },
  listArrearsAgreements: async ({ session, query: { customerId }, page }) => {
    const { items, nextCursor } = await session.query<Agreement & Stored>(agreementEntity, {
      ...(customerId === undefined
        ? { index: 'gsi1', pk: ['ARREARS-AGREEMENTS'] }
        : { index: 'gsi2', pk: ['ARREARS-AGREEMENTS', customerId] }),
      order: 'descending',
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  makeArrearsAgreement: async ({ session, body }) => ({ data: await makeAgreement(session, body) }),
  getArrearsAgreement: async ({ session, params }) => ({ data: await session.require(agreementEntity, params) }),
  endArrearsAgreement: async ({ session, params, body }) => ({
    data: await endAgreement(session, params.id, body.reason),
  }),
  getArrearsAgreementHistory: readHistory(agreementEntity),
};
