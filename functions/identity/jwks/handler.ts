/** Lambda entry of `/.well-known/jwks.json`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { loadSigningKeys } from '../tokens/signing-key.ts';
import { jwks } from './routes.ts';

export const handler = serve(jwks, {
  getPublicKeys: async () => ({
    data: { keys: (await loadSigningKeys()).accepted.map(({ jwk }) => jwk) },
    headers: { 'cache-control': 'public, max-age=300' },
  }),
});
