/** Seha by configuration: the default mapping says only who asks and for which facility. */
import { configuredCalls } from '../configured/configured-calls.ts';
import { sehaAbout } from './about.ts';

export const seha = configuredCalls(sehaAbout, {
  check: { method: 'GET', path: '/facilities/{{settings.facility_id}}' },
  facility: { method: 'GET', path: '/facilities/{{settings.facility_id}}' },
});
