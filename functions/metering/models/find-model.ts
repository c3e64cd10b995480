/** Finds a model by its name: the built-in ones, then the tenant's own. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { acrelModels } from './acrel-models.ts';
import type { MeterModel, NewModel } from './model-schema.ts';
import { stsModels } from './sts-models.ts';

/** What names are compared and sorted by. */
export const nameKey = (model: string): string => model.trim().toUpperCase();

const byName = (a: NewModel, b: NewModel): number => (nameKey(a.model) < nameKey(b.model) ? -1 : 1);
export const builtInModels: readonly MeterModel[] = [...acrelModels, ...stsModels]
  .sort(byName)
  .map((model) => ({ ...model, builtIn: true }));
const builtInByName = new Map(builtInModels.map((model) => [nameKey(model.model), model]));

export const builtInModel = (model: string): MeterModel | undefined => builtInByName.get(nameKey(model));

export const modelsPartition = ['METER-MODELS'];
export const modelEntity = defineEntity<NewModel, Pick<NewModel, 'model'>>()({
  name: 'meter model',
  table: 'metering',
  key: ({ model }) => ({ pk: ['METER-MODEL', nameKey(model)], sk: ['METER-MODEL'] }),
  indexes: { gsi1: ({ model }) => ({ pk: modelsPartition, sk: [nameKey(model)] }) },
  idOf: ({ model }) => nameKey(model),
});

const modelName = externalId();

/** @returns undefined for a name that is just text. Needs read access to table `metering` */
export async function findModel(session: TenantSession, model: string): Promise<NewModel | undefined> {
  const builtIn = builtInModel(model);
  if (builtIn !== undefined) return builtIn;
  return modelName.safeParse(model).success ? session.get(modelEntity, { model }) : undefined;
}
