/** Where a customer is: both coordinates or neither, whoever changes them. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

interface Place {
  latitude?: unknown;
  longitude?: unknown;
}

/**
 * Who has one without the other is nowhere on a map, and on the route of nobody. Changes of something else leave a place as it is.
 * @throws AppError `unprocessable`
 */
export function refuseHalfPlace(changes: Place, before: Place = {}): void {
  if (!('latitude' in changes || 'longitude' in changes)) return;
  const { latitude, longitude } = { ...before, ...changes };
  if (((latitude ?? undefined) === undefined) === ((longitude ?? undefined) === undefined)) return;
  throw new AppError('unprocessable', undefined, {
    texts: { en: 'Give latitude and longitude together.', ar: 'أدخل خط العرض وخط الطول معًا.' },
  });
}
