/** The condition of a component in words, for who is billed by it. */
import type { Condition } from './conditions.ts';
import type { BilingualLabel, Component, YearlyDays } from './tariff-schema.ts';

/** What a line adds to its reason, for the customer to see why it is there; empty without conditions. */
export function conditionText({ during, when }: Component): BilingualLabel {
  const parts = [...daysText(during), ...(when === undefined ? [] : sizesText(when))];
  return { en: parts.map(({ en }) => `; ${en}`).join(''), ar: parts.map(({ ar }) => `؛ ${ar}`).join('') };
}

const daysText = (during: YearlyDays = []): BilingualLabel[] =>
  during.map(({ from, to }) => ({ en: `every year ${from} to ${to}`, ar: `كل سنة من ${from} إلى ${to}` }));

function sizesText({ aboveKwh, upToKwh, aboveConnectedKw, upToConnectedKw, phases, perDwelling, ...when }: Condition) {
  const each = perDwelling ? { en: ' and dwelling', ar: ' ولكل مسكن' } : { en: '', ar: '' };
  const kwh = rangeText(aboveKwh, upToKwh, { en: ` kWh a month${each.en}`, ar: ` ك.و.س شهريًا${each.ar}` });
  const kw = rangeText(aboveConnectedKw, upToConnectedKw, { en: ' kW connected', ar: ' ك.و حملًا موصولًا' });
  const load = rangeText(when.aboveLoadFactor, when.upToLoadFactor, { en: '', ar: '' }).map(({ en, ar }) => ({
    en: `a load factor ${en}`,
    ar: `معامل حمل ${ar}`,
  }));
  return [...kwh, ...kw, ...(phases === undefined ? [] : [connections[phases]]), ...load];
}

const connections: Record<1 | 3, BilingualLabel> = {
  1: { en: 'single-phase connections', ar: 'توصيلات أحادية الطور' },
  3: { en: 'three-phase connections', ar: 'توصيلات ثلاثية الأطوار' },
};

function rangeText(above: string | undefined, upTo: string | undefined, unit: BilingualLabel): BilingualLabel[] {
  if (above !== undefined && upTo !== undefined)
    return [{ en: `above ${above} and up to ${upTo}${unit.en}`, ar: `فوق ${above} وحتى ${upTo}${unit.ar}` }];
  if (above !== undefined) return [{ en: `above ${above}${unit.en}`, ar: `فوق ${above}${unit.ar}` }];
  return upTo === undefined ? [] : [{ en: `up to ${upTo}${unit.en}`, ar: `حتى ${upTo}${unit.ar}` }];
}
