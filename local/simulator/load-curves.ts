/**
 * The shapes of daily load: mean power in kW at each full local hour, for a typical member of the class.
 * Written as tables because that is how load research publishes them and how they are compared.
 */

/** 24 values, the first for midnight. */
export type LoadCurve = readonly number[];

export interface WeeklyCurves {
  workday: LoadCurve;
  friday: LoadCurve;
  ramadan: LoadCurve;
  /** Relative swing between the hottest and the mild months. */
  seasonality: number;
}

export const curves = {
  /** Breakfast and supper peaks; Ramadan moves both to before dawn and after sunset. */
  household: {
    workday: curve('.17 .14 .13 .13 .14 .19 .30 .34 .27 .23 .24 .28 .36 .38 .30 .26 .27 .34 .58 .72 .74 .62 .42 .25'),
    friday: curve('.20 .16 .14 .13 .13 .15 .20 .26 .30 .31 .34 .42 .52 .50 .40 .33 .31 .36 .58 .72 .76 .66 .46 .29'),
    ramadan: curve('.52 .44 .48 .62 .50 .22 .17 .16 .17 .18 .20 .22 .24 .25 .28 .36 .50 .58 .66 .68 .70 .68 .64 .58'),
    seasonality: 0.3,
  },
  /** Closed for the afternoon rest; Friday opens after the noon prayer; Ramadan trades late into the night. */
  shop: {
    workday: curve('.25 .22 .22 .22 .22 .22 .25 .5 1.4 1.9 2.1 2.2 2.1 1.3 .7 .8 1.7 2.2 2.7 2.8 2.6 2.1 1.1 .4'),
    friday: curve('.25 .22 .22 .22 .22 .22 .22 .25 .3 .3 .3 .3 .3 .4 .6 1.0 1.7 2.2 2.7 2.8 2.6 2.1 1.1 .4'),
    ramadan: curve('2.3 1.8 .9 .4 .25 .22 .22 .22 .25 .4 1.1 1.5 1.6 1.6 1.5 1.2 .8 .4 .5 1.4 2.4 2.7 2.7 2.6'),
    seasonality: 0.2,
  },
  /** Machines by day, a lunch break, nothing but standby on Friday; Ramadan works a shorter day. */
  workshop: {
    workday: curve('.6 .6 .6 .6 .6 .6 .9 5 13 15 15 14 8 9 14 14 12 5 1.2 .8 .6 .6 .6 .6'),
    friday: curve('.6 .6 .6 .6 .6 .6 .6 .6 .7 .7 .7 .7 .6 .6 .7 .7 .7 .7 .7 .6 .6 .6 .6 .6'),
    ramadan: curve('.6 .6 .6 .6 .6 .6 .6 .8 3 12 14 14 13 12 7 1.5 .8 .6 .6 .6 1.5 2.5 2 1'),
    seasonality: 0,
  },
} as const satisfies Record<string, WeeklyCurves>;

/** Power at any hour, straight between the full hours and across midnight. */
export function interpolate(points: LoadCurve, hour: number): number {
  const before = Math.floor(hour) % 24;
  const share = hour - Math.floor(hour);
  return points[before]! * (1 - share) + points[(before + 1) % 24]! * share;
}

function curve(text: string): LoadCurve {
  const points = text.split(' ').map(Number);
  if (points.length !== 24 || points.some((kw) => !(kw >= 0))) throw new Error(`Not a daily load curve: "${text}"`);
  return points;
}
