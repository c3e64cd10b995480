/** Routes of the catalogue of meter models. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { createModelSchema, modelSchema } from './model-schema.ts';

const params = z.object({ model: externalId() });

export const meterModels = defineResource({
  name: 'meter-models',
  base: '/api/billing/meter-models',
  title: 'Meter models',
  routes: {
    listMeterModels: {
      method: 'GET',
      path: '',
      access: 'metering:meters:read',
      summary: 'List the models of meters by name, built in and own.',
      response: z.array(modelSchema),
      paginated: true,
    },
    createMeterModel: {
      method: 'POST',
      path: '',
      access: 'metering:meters:write',
      summary: 'Add a model of meters.',
      description: 'A name of a built-in model is taken, in upper and lower case.',
      body: createModelSchema,
      response: modelSchema,
      errors: ['already_exists'],
    },
    getMeterModel: {
      method: 'GET',
      path: '/{model}',
      access: 'metering:meters:read',
      summary: 'Get a model of meters.',
      params,
      response: modelSchema,
      errors: ['not_found'],
    },
    updateMeterModel: {
      method: 'PUT',
      path: '/{model}',
      access: 'metering:meters:write',
      summary: 'Change an own model; fields left out stay as they are. `If-Match` guards against lost updates.',
      description: 'Meters that are registered already stay as they are. Built-in models do not change.',
      params,
      body: changesOf(createModelSchema, { fixed: ['model'], removable: true }),
      response: modelSchema,
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
  },
});
