/** Routes of gateways. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, queryInteger, utcTime } from '../../../layers/kernel/schema/common.ts';
import { tokenPattern } from './enrolment-entity.ts';
import { gatewaySchema, gatewayStateSchema } from './gateway-entity.ts';

const params = z.object({ id: externalId() });
const createGatewaySchema = z.omit(gatewaySchema, { keyId: true, enrolledAt: true });
const manage = 'scada:gateways:write';

/** `{id}` is the code of the station. */
export const gateways = defineResource({
  name: 'gateways',
  base: '/api/scada/gateways',
  title: 'Gateways',
  routes: {
    ...crudRoutes({
      singular: 'Gateway',
      plural: 'Gateways',
      permission: 'scada:gateways',
      schema: z.extend(gatewaySchema, { state: z.nullable(gatewayStateSchema) }),
      create: createGatewaySchema,
      update: changesOf(createGatewaySchema, { fixed: ['id'], removable: true }),
      id: externalId(),
      filters: {},
    }),
    createEnrolmentToken: {
      method: 'POST',
      path: '/{id}/enrolment-tokens',
      access: manage,
      summary: 'Make a one-time token by which the gateway enrols within a day.',
      description: 'The answer holds the token; it cannot be shown again. A gateway with a certificate needs none.',
      params,
      response: z.object({ token: z.string(), expiresAt: utcTime() }),
      errors: ['not_found'],
      // A repeated answer would have to keep the token readable for a day.
      idempotent: false,
    },
    enrolGateway: {
      method: 'POST',
      path: '/enrol',
      access: 'public',
      summary: 'Exchange an enrolment token for the key of a gateway.',
      description:
        'The key is the MQTT password of the gateway and its bearer credential for `GET /api/scada/gateways/{id}/configuration`. It reaches its own station and nothing else; enrolling again replaces it.',
      body: z.strictObject({ token: z.string().check(z.regex(tokenPattern)) }),
      response: z.object({ gatewayId: z.string(), stationId: z.string(), apiKey: z.string() }),
      errors: ['invalid_credentials'],
    },
    revokeGateway: {
      method: 'POST',
      path: '/{id}/revoke',
      access: manage,
      summary: 'Take the gateway’s key away.',
      description: 'It is refused when it connects again, within the hour at the latest.',
      params,
      errors: ['not_found', 'conflict'],
    },
    getGatewayConfiguration: {
      method: 'GET',
      path: '/{id}/configuration',
      access: 'scada:gateways:connect',
      summary: 'The configuration in force, for a gateway that cannot fetch it by MQTT.',
      description:
        'Without `part` the head: version, SHA-256 and number of parts. With `part` one of them, base64; together they are gzip of the JSON document.',
      params,
      query: z.object({ part: z.optional(queryInteger(1, 10_000)), version: z.optional(queryInteger(1, 2 ** 31)) }),
      response: z.object({
        version: z.int(),
        sha256: z.string(),
        parts: z.int(),
        issuedAt: utcTime(),
        part: z.nullable(z.int()),
        data: z.nullable(z.string()),
      }),
      errors: ['not_found', 'forbidden'],
    },
  },
});
