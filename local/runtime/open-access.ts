/** For a service that runs without IAM, as in its own tests: everybody may do everything. */
import type { AccessControl } from './types.ts';

export const openAccess: AccessControl = {
  credentials: () => 'LOCALACCESSKEYID',
  checkRequest() {},
  checkCaller() {},
};
