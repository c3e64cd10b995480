/** What the model says of a meter: values nobody gave, and what such a meter cannot be. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { CreateMeter, Meter } from '../meters/meter-schema.ts';
import type { NewModel } from './model-schema.ts';

/** Of a meter whose model is unknown or does not say. */
const usual = { type: 'smart', phases: 1, digits: 6, decimals: 2, ratedCurrentA: 100 } as const;

type Filled = Pick<Meter, keyof typeof usual>;

/** What was given stays: devices of a model come in variants. */
export function withDefaults(request: CreateMeter, model: NewModel | undefined): Filled {
  const { ctRatio, phases, type, digits, decimals, ratedCurrentA } = request;
  const carried = model?.maxCurrentA?.[ctRatio === 1 ? 'direct' : 'ct'];
  return {
    type: type ?? model?.type ?? usual.type,
    phases: phases ?? (model?.phases?.length === 1 ? model.phases[0]! : usual.phases),
    digits: digits ?? model?.digits ?? usual.digits,
    decimals: decimals ?? model?.decimals ?? usual.decimals,
    ratedCurrentA: ratedCurrentA ?? carried ?? usual.ratedCurrentA,
  };
}

const mayBe = (model: NewModel, kind: 'direct' | 'ct' | 'pt'): boolean =>
  model.connections === undefined || model.connections.includes(kind);

/** @throws AppError `unprocessable` naming the field that the model cannot have */
export function refuseImpossible(
  meter: Pick<Meter, 'phases' | 'ctRatio' | 'ptRatio'>,
  model: NewModel | undefined,
): void {
  if (model === undefined) return;
  const { model: name, phases } = model;
  if (phases !== undefined && !phases.includes(meter.phases))
    throw impossible('/phases', {
      en: `A ${name} has ${phases.join(' or ')} phase(s), not ${meter.phases}.`,
      ar: `عدد أطوار ${name} هو ${phases.join(' أو ')} وليس ${meter.phases}.`,
    });
  if (meter.ctRatio !== 1 && !mayBe(model, 'ct'))
    throw impossible('/ctRatio', {
      en: `A ${name} is not connected by current transformers: its ratio is 1, not ${meter.ctRatio}.`,
      ar: `لا يوصل ${name} عبر محولات تيار: نسبته 1 وليست ${meter.ctRatio}.`,
    });
  if (meter.ptRatio !== 1 && !mayBe(model, 'pt'))
    throw impossible('/ptRatio', {
      en: `A ${name} is not connected by voltage transformers: its ratio is 1, not ${meter.ptRatio}.`,
      ar: `لا يوصل ${name} عبر محولات جهد: نسبته 1 وليست ${meter.ptRatio}.`,
    });
}

const impossible = (path: string, texts: { en: string; ar: string }): AppError =>
  new AppError('unprocessable', undefined, { texts, details: [{ in: 'body', path, message: texts.en }] });
