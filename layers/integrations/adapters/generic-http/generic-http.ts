/** Any HTTP API by configuration; until it has a mapping it can only be checked. */
import { configuredCalls } from '../configured/configured-calls.ts';
import { genericHttpAbout } from './about.ts';

export const genericHttp = configuredCalls(genericHttpAbout, { check: { method: 'GET', path: '/', answer: 'text' } });
