/**
 * Enrolment: a person makes a token, whoever sets up the gateway shows it once, and the gateway gets a key that reaches the
 * topics of its own station and nothing else. A token works once, within a day; enrolling again replaces the key.
 */
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { openGlobalSession, openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { issueDeviceKey, revokeDeviceKey } from '../../identity/contract.ts';
import { type Enrolment, enrolmentEntity, hashToken, makeToken } from './enrolment-entity.ts';
import { gatewayEntity } from './gateway-entity.ts';

const tokenLifeMs = 86_400_000;

/** What a gateway may: connect, fetch its configuration, take commands. */
const gatewayScopes = ['scada:gateways:connect'];

export async function makeEnrolmentToken(session: TenantSession, gatewayId: string, createdBy: string) {
  await session.require(gatewayEntity, { id: gatewayId });
  const token = makeToken();
  const expiresAt = isoTime(Date.parse(session.context.now()) + tokenLifeMs);
  const enrolment: Enrolment = {
    tokenHash: hashToken(token),
    tenantId: session.tenantId,
    gatewayId,
    createdBy,
    expiresAtTime: expiresAt,
  };
  await openGlobalSession().transact('scada', (unit) => unit.put(enrolmentEntity, enrolment));
  return { token, expiresAt };
}

/** @throws AppError `invalid_credentials` for a token that is unknown, used or too old */
export async function enrolGateway(token: string, correlationId: string) {
  const enrolment = await useUp(token);
  if (enrolment === undefined || enrolment.expiresAtTime <= new Date().toISOString())
    throw new AppError('invalid_credentials', 'The enrolment token is unknown, used or expired.');
  const { tenantId, gatewayId, createdBy } = enrolment;
  const session = openSession(tenantId, {
    actor: { id: createdBy, kind: 'user', name: `enrolment of gateway ${gatewayId}` },
    correlationId,
  });
  const gateway = await session.require(gatewayEntity, { id: gatewayId });
  const issued = await issueDeviceKey(session, {
    name: `Gateway ${gatewayId}`,
    description: `Enrolled at station ${gatewayId}.`,
    scopes: gatewayScopes,
    stationIds: [gatewayId],
    createdBy,
  });
  await session.transact('scada', (unit) =>
    unit.update(gatewayEntity, gateway, { keyId: issued.id, enrolledAt: session.context.now() }),
  );
  if (gateway.keyId !== undefined) await revokeDeviceKey(session, gateway.keyId, createdBy);
  return { gatewayId, stationId: gatewayId, apiKey: issued.key };
}

/** Takes the gateway's key away, and with it every way in that it had. */
export async function revokeGateway(session: TenantSession, gatewayId: string, revokedBy: string): Promise<void> {
  const gateway = await session.require(gatewayEntity, { id: gatewayId });
  if (gateway.keyId === undefined)
    throw new AppError('conflict', 'The gateway has no key: it was not enrolled, or has a certificate.');
  await revokeDeviceKey(session.beforehand(), gateway.keyId, revokedBy);
  await session.transact('scada', (unit) => unit.update(gatewayEntity, gateway, { keyId: null, enrolledAt: null }));
}

/** Removing it is what uses it up: of two that show one token at once, one gets it. */
async function useUp(token: string): Promise<Enrolment | undefined> {
  const { key } = storageKeys(
    globalScope,
    { ...enrolmentEntity, expiresAt: () => undefined },
    { tokenHash: hashToken(token) },
  );
  const { Attributes } = await documentClient().send(
    new DeleteCommand({ TableName: tableName('scada'), Key: key, ReturnValues: 'ALL_OLD' }),
  );
  return Attributes as Enrolment | undefined;
}
