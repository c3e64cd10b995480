/** The domains the product is made of. Adding one here is all it takes to build and deploy it. */
import { billing } from '../functions/billing/domain.ts';
import { identity } from '../functions/identity/domain.ts';
import { ledger } from '../functions/ledger/domain.ts';
import { metering } from '../functions/metering/domain.ts';
import { monitoring } from '../functions/monitoring/domain.ts';
import { platform } from '../functions/platform/domain.ts';
import { scada } from '../functions/scada/domain.ts';
import { site } from '../functions/site/domain.ts';
import { support } from '../functions/support/domain.ts';
import type { DomainManifest } from '../layers/kernel/domain/manifest.ts';

export const domains: readonly DomainManifest[] = [
  billing,
  identity,
  ledger,
  metering,
  monitoring,
  platform,
  scada,
  site,
  support,
];
