/** Routes of profiles: register maps of real devices. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

const profile = z.object({
  id: z.string(),
  maker: z.string(),
  model: z.string(),
  /** Where the map comes from, and how far it can be trusted. */
  source: z.object({
    document: z.string(),
    version: z.optional(z.string()),
    verified: z.enum(['manual', 'implementations', 'family']),
    checkedAgainst: z.array(z.string()),
    leftOut: z.optional(z.string()),
  }),
  pointCount: z.int(),
});

export const profiles = defineResource({
  name: 'profiles',
  base: '/api/scada/profiles',
  title: 'Profiles of devices',
  routes: {
    listDeviceProfiles: {
      method: 'GET',
      path: '',
      access: 'scada:devices:read',
      summary:
        'Register maps of real devices by name. `POST /api/scada/devices/{id}/profile` gives a device its points.',
      response: z.array(profile),
    },
    getDeviceProfile: {
      method: 'GET',
      path: '/{id}',
      access: 'scada:devices:read',
      summary: 'Get one profile with its points.',
      params: z.object({ id: z.string().check(z.maxLength(100)) }),
      response: z.extend(profile, { points: z.array(z.record(z.string(), z.unknown())) }),
      errors: ['not_found'],
    },
  },
});
