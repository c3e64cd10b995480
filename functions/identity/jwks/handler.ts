/** Lambda entry of `/.well-known/jwks.json`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { loadVerificationKey } from '../tokens/signing-key.ts';
import { jwks } from './routes.ts';

export const handler = serve(jwks, {
  getPublicKeys: async () => ({
    data: { keys: [(await loadVerificationKey()).jwk] },
    headers: { 'cache-control': 'public, max-age=300' },
  }),
});
