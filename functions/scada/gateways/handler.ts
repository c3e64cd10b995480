/** Lambda entry of `/api/scada/gateways`. */

import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { crudOperations } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { latestVersion, readPart, requireVersion } from '../configurations/version-entity.ts';
import { answered } from '../present-rows.ts';
import { stationEntity } from '../stations/station-entity.ts';
import { enrolGateway, makeEnrolmentToken, revokeGateway } from './enrol-gateway.ts';
import { type Gateway, gatewayEntity, gatewayStateEntity } from './gateway-entity.ts';
import { gateways } from './routes.ts';

const plain = crudOperations({
  singular: 'Gateway',
  plural: 'Gateways',
  entity: gatewayEntity,
  list: { index: 'gsi1', pk: ['GATEWAYS'] },
  onCreate: (unit, { id }) => unit.requireExists(stationEntity, { id }),
  onDelete: (_, { keyId }) => {
    if (keyId !== undefined) throw new AppError('conflict', 'Revoke its key first.');
  },
});

export const handler = serve(
  gateways,
  {
    ...answered(plain, present),
    createEnrolmentToken: async ({ session, params, principal }) => ({
      data: await makeEnrolmentToken(session, params.id, principal.subject),
    }),
    enrolGateway: async ({ body, correlationId }) => ({ data: await enrolGateway(body.token, correlationId) }),
    revokeGateway: async ({ session, params, principal }) => {
      await revokeGateway(session, params.id, principal.subject);
      return {};
    },
    getGatewayConfiguration: async ({ session, params, query, principal }) => {
      await refuseOtherGateways(session, principal, params.id);
      const row =
        query.version === undefined
          ? await latestVersion(session, params.id)
          : await requireVersion(session, params.id, query.version);
      if (row === undefined) throw notFound('configuration', params.id);
      const { configurationVersion: version, sha256, parts, issuedAt } = row;
      const data = query.part === undefined ? null : await readPart(session, row, query.part);
      return { data: { version, sha256, parts, issuedAt, part: query.part ?? null, data } };
    },
  },
  { table: 'scada' },
);

/** A gateway's key reaches its own station; people who may see gateways see all. @throws AppError `not_found` */
async function refuseOtherGateways(session: TenantSession, principal: Principal, id: string): Promise<void> {
  const gateway = await session.require(gatewayEntity, { id });
  if (gateway.keyId !== principal.subject && !isGranted(principal.permissions, 'scada:gateways:read'))
    throw notFound(gatewayEntity.name, id);
}

async function present<T extends Gateway>(session: TenantSession, rows: readonly T[]) {
  const states = await session.getMany(
    gatewayStateEntity,
    rows.map(({ id }) => ({ id })),
  );
  const stateOf = new Map(states.map(({ id, version: _, createdAt: __, updatedAt: ___, ...state }) => [id, state]));
  return rows.map((row) => ({ ...row, state: stateOf.get(row.id) ?? null }));
}
