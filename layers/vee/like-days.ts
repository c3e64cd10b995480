/** What makes days alike where a customer lives: the day of the week, and the time by the clock on the wall. */
import { offsetMs } from '../metering/time-zone.ts';
import type { EstimationInput } from './estimate.ts';

const dayMs = 86_400_000;

/** Weekends differ from country to country; a Friday is like other Fridays anywhere. */
export const likeDaysOf = (timeZone: string): Pick<EstimationInput, 'kindOfDay' | 'timeOfDay'> => ({
  kindOfDay: (time) => String(new Date(time + offsetMs(time, timeZone)).getUTCDay()),
  timeOfDay: (time) => (time + offsetMs(time, timeZone)) % dayMs,
});
