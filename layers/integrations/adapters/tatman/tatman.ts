/** Tatman by configuration: the default mapping says only who asks. */
import { configuredCalls } from '../configured/configured-calls.ts';
import { tatmanAbout } from './about.ts';

export const tatman = configuredCalls(tatmanAbout, {
  check: { method: 'GET', path: '/providers/{{settings.provider_id}}' },
  provider: { method: 'GET', path: '/providers/{{settings.provider_id}}' },
});
