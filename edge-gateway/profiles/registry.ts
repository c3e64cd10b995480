/** All profiles there are. */
import { acrelAdl200, acrelAdl400, acrelAdl3000, acrelAdw300 } from './acrel.ts';
import { deepSeaGencomm } from './deep-sea.ts';
import { eastronSdm120, eastronSdm630 } from './eastron.ts';
import type { Profile } from './profile.ts';
import { schneiderPm5000 } from './schneider.ts';
import { sunspecInverters } from './sunspec.ts';

export const profiles: readonly Profile[] = [
  acrelAdl200,
  acrelAdl400,
  acrelAdl3000,
  acrelAdw300,
  eastronSdm120,
  eastronSdm630,
  schneiderPm5000,
  deepSeaGencomm,
  ...sunspecInverters,
];
