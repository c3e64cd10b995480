/** The public keys that tokens are signed with, for partners who verify them (RFC 7517). */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

export const jwks = defineResource({
  name: 'jwks',
  base: '/.well-known/jwks.json',
  title: 'Public keys',
  routes: {
    getPublicKeys: {
      method: 'GET',
      path: '',
      access: 'public',
      summary: 'The public keys of access tokens (JWKS).',
      envelope: false,
      response: z.object({
        keys: z.array(
          z.object({
            kty: z.string(),
            crv: z.string(),
            x: z.string(),
            y: z.string(),
            kid: z.string(),
            alg: z.string(),
            use: z.string(),
          }),
        ),
      }),
    },
  },
});
