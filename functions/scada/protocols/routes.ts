/** Routes of communication protocols. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, utcTime } from '../../../layers/kernel/schema/common.ts';
import { protocolTypes } from '../../../layers/station/station-configuration.ts';
import { linkStates } from '../link-states.ts';
import { createProtocolSchema, protocolSchema } from './protocol-entity.ts';

export const protocols = defineResource({
  name: 'protocols',
  base: '/api/scada/protocols',
  title: 'Communication protocols',
  routes: crudRoutes({
    singular: 'Protocol',
    plural: 'Protocols',
    permission: 'scada:devices',
    schema: z.extend(protocolSchema, {
      connectionStatus: z.enum(linkStates),
      lastConnectedAt: z.nullable(utcTime()),
    }),
    create: createProtocolSchema,
    // The devices of a line are at its station: it does not move, another is made.
    update: changesOf(createProtocolSchema, { fixed: ['id', 'stationId'], removable: true }),
    id: externalId(),
    filters: {
      stationId: z.optional(externalId()),
      protocolType: z.optional(z.enum(protocolTypes)),
    },
  }),
});
