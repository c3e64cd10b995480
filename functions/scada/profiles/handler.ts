/** Lambda entry of `/api/scada/profiles`. */
import type { Profile } from '../../../edge-gateway/profiles/profile.ts';
import { profiles as known } from '../../../edge-gateway/profiles/registry.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { profiles } from './routes.ts';

export const handler = serve(profiles, {
  listDeviceProfiles: async () => ({ data: known.map(present) }),
  getDeviceProfile: async ({ params }) => {
    const found = known.find(({ id }) => id === params.id);
    if (found === undefined) throw notFound('profile', params.id);
    return { data: { ...present(found), points: found.points.map((point) => ({ ...point })) } };
  },
});

const present = ({ id, maker, model, source, points }: Profile) => ({
  id,
  maker,
  model,
  source: { ...source, checkedAgainst: [...source.checkedAgainst] },
  pointCount: points.length,
});
