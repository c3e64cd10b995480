/** Who handed a reading in: a person's is `manual`, a system's `api`. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import type { ReadingSource } from '../../../layers/metering/reading-codec.ts';

export const sourceOf = ({ kind }: Principal): ReadingSource => (kind === 'user' ? 'manual' : 'api');
