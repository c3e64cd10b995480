/** The one tenant whose users sign themselves up; which it is says the stage, never a request. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { config } from '../config.ts';
import { type Tenant, tenantEntity } from '../tenants/tenant-entity.ts';

/** @throws AppError `forbidden` where nobody can sign up */
export async function requirePublicSignUp(): Promise<Tenant> {
  const id = config.PUBLIC_SIGN_UP_TENANT;
  const tenant = id === undefined ? undefined : await openSession(id).get(tenantEntity, { id });
  if (tenant === undefined || tenant.status !== 'active')
    throw new AppError('forbidden', undefined, {
      texts: {
        en: 'Nobody can sign up here: ask for an invitation.',
        ar: 'التسجيل الذاتي غير متاح هنا: اطلب دعوة.',
      },
    });
  return tenant;
}
