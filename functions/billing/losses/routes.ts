/** Routes of energy losses: areas behind a feeder or transformer, the meters counted in them, and the balance of a period. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId } from '../../../layers/kernel/schema/common.ts';
import { createLossAreaSchema, daySpanSchema, lossAreaSchema } from './loss-area-entity.ts';
import { lossReportRoutes } from './loss-report-routes.ts';

const read = 'billing:losses:read';
const write = 'billing:losses:write';
const params = z.object({ id: generatedId('lar') });

/** A meter and the days it counts in the area. */
const placeOfMeter = z.object({
  meterId: externalId(),
  spans: z.array(daySpanSchema).check(z.maxLength(20)),
});

const crud = crudRoutes({
  singular: 'LossArea',
  plural: 'LossAreas',
  permission: 'billing:losses',
  schema: lossAreaSchema,
  create: createLossAreaSchema,
  update: changesOf(createLossAreaSchema, { fixed: ['kind'], removable: true }),
  id: generatedId('lar'),
  filters: { kind: z.optional(z.enum(['feeder', 'transformer'])) },
});

export const lossAreaRoutes = defineResource({
  name: 'loss-areas',
  base: '/api/billing/loss-areas',
  title: 'Energy losses',
  routes: {
    ...crud,
    listLossAreas: { ...crud.listLossAreas, summary: 'List the areas of energy balances, by name.' },
    getLossArea: { ...crud.getLossArea, summary: 'Get an area of an energy balance.' },
    createLossArea: {
      ...crud.createLossArea,
      summary: 'Add an area: what is behind a feeder or a transformer.',
      description:
        'A meter or point is the input of one area on any day, or of a feeder and one of its transformers. One between two areas `counts` as `input` of the one and `returned` of the other.',
      errors: ['not_found', 'conflict', 'unprocessable', 'version_conflict'],
    },
    updateLossArea: {
      ...crud.updateLossArea,
      summary: 'Change an area; fields left out stay as they are, `null` removes one.',
      errors: ['not_found', 'version_conflict', 'conflict', 'unprocessable'],
    },
    deleteLossArea: {
      ...crud.deleteLossArea,
      summary: 'Delete an area in which no meter and no transformer counts.',
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    listLossAreaMeters: {
      method: 'GET',
      path: '/{id}/meters',
      access: read,
      summary: 'Meters assigned to the area, with the days they count in it, by meter.',
      params,
      response: z.array(placeOfMeter),
      paginated: true,
      errors: ['not_found'],
    },
    assignLossAreaMeters: {
      method: 'PUT',
      path: '/{id}/meters',
      access: write,
      summary: 'Set the days on which meters count in the area.',
      description:
        'For each meter named, its days in this area are replaced whole; none removes it. Meters not named stay as they are. A meter counts in one area on any day: end it in the one before starting it in the next.',
      params,
      body: z.object({ meters: z.array(placeOfMeter).check(z.minLength(1), z.maxLength(20)) }),
      response: z.array(placeOfMeter),
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    ...lossReportRoutes,
  },
});
