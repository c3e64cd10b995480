/**
 * Property tests try the same cases on every run, so that a build fails for what changed and for nothing else. Others look for
 * more: `MIZAN_TEST_SEED=random`, or the number of a failure to see it again.
 */
import * as fc from 'fast-check';

const wanted = process.env['MIZAN_TEST_SEED'];

fc.configureGlobal({ seed: wanted === 'random' ? Date.now() | 0 : Number(wanted ?? 20_260) });
