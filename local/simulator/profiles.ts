/**
 * Power of one customer at any moment, as a pure function of who it is and when: the class's load curve,
 * the customer's own size and habits, the season, and quarter-hourly variation.
 */
import { type Moment, momentAt, sunHours } from './calendar.ts';
import { curves, interpolate, type WeeklyCurves } from './load-curves.ts';
import { normal, uniform } from './random.ts';

export type Profile = 'household' | 'shop' | 'workshop' | 'solar' | 'street-light';
export const profiles: readonly Profile[] = ['household', 'shop', 'workshop', 'solar', 'street-light'];

const QUARTER_HOUR_MS = 900_000;
/** Coordinates of the hash, one per purpose. */
const SIZE = 1;
const HABIT = 2;
const VARIATION = 3;
const CLOUDS = 4;

/** Deviations from the median size. */
const LARGEST = 2.2;
const STREET_LIGHT_KW = 1.5;
const SOLAR_PEAK_KW = 3.5;
/** Where rooftop panels are bought, the household behind them is large. */
const SOLAR_HOUSEHOLD_FACTOR = 1.4;

/** Net power in kW: positive is drawn from the grid, negative (solar only) is fed into it. */
export function powerKw(profile: Profile, customerSeed: number, epochMs: number): number {
  const moment = momentAt(epochMs);
  switch (profile) {
    case 'household':
    case 'shop':
    case 'workshop':
      return consumption(curves[profile], customerSeed, epochMs, moment);
    case 'solar':
      return (
        SOLAR_HOUSEHOLD_FACTOR * consumption(curves.household, customerSeed, epochMs, moment) -
        generationKw(customerSeed, moment)
      );
    case 'street-light':
      return streetLightKw(customerSeed, moment);
    default:
      return profile satisfies never;
  }
}

/** Photovoltaic output of one roof; zero at night. */
function generationKw(customerSeed: number, moment: Moment): number {
  const { rise, set } = sunHours(moment.yearPhase);
  if (moment.hour <= rise || moment.hour >= set) return 0;
  const elevation = Math.sin((Math.PI * (moment.hour - rise)) / (set - rise));
  // Clouds belong to the region and the hour, so all roofs dim together.
  const cloud = uniform(CLOUDS, moment.day, Math.floor(moment.hour));
  const clearness = cloud < 0.8 ? 1 : 0.35 + 0.5 * ((cloud - 0.8) / 0.2);
  return SOLAR_PEAK_KW * (0.7 + 0.6 * uniform(customerSeed, SIZE)) * elevation ** 1.2 * clearness;
}

function consumption(weekly: WeeklyCurves, customerSeed: number, epochMs: number, moment: Moment): number {
  const points = moment.ramadan ? weekly.ramadan : moment.friday ? weekly.friday : weekly.workday;
  // Sizes are skewed: many small customers, a few large ones, none that outgrows its connection.
  const size = Math.exp(0.35 * Math.max(-LARGEST, Math.min(LARGEST, normal(customerSeed, SIZE))));
  // People keep their own hours, up to 45 minutes around the class's.
  const hour = (moment.hour + 24 + 1.5 * (uniform(customerSeed, HABIT) - 0.5)) % 24;
  const variation = 0.6 + 0.8 * uniform(customerSeed, Math.floor(epochMs / QUARTER_HOUR_MS), VARIATION);
  return interpolate(points, hour) * size * variation * season(weekly.seasonality, moment.yearPhase);
}

/** Highest in early July, lowest in early January, without asking a thermometer. */
function season(swing: number, yearPhase: number): number {
  return 1 - (swing / 2) * Math.cos(2 * Math.PI * (yearPhase - 0.01));
}

/** On from a quarter of an hour after sunset until as long before sunrise, on its own photocell's idea of dusk. */
function streetLightKw(customerSeed: number, { hour, yearPhase }: Moment): number {
  const { rise, set } = sunHours(yearPhase);
  const photocell = 0.25 + 0.2 * (uniform(customerSeed, HABIT) - 0.5);
  const lit = hour >= set + photocell || hour < rise - photocell;
  return (lit ? 1 : 0.005) * STREET_LIGHT_KW * (0.8 + 0.4 * uniform(customerSeed, SIZE));
}
