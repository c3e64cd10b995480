/** The roles every tenant has, as sets of permission strings. No tenant role holds `system:*`: that is for who runs the installation. */

export const systemRoles = {
  /** Runs the installation itself: creates tenants. Given together with a tenant role. */
  SUPER_ADMIN: ['system:*'],
  OWNER: ['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*'],
  ADMIN: ['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*'],
  MANAGER: ['platform:events:read', 'platform:alerts:*', 'metering:*', 'billing:*', 'scada:*'],
  OPERATOR: ['metering:meters:read', 'metering:readings:*', 'scada:*', 'platform:alerts:*', 'platform:events:read'],
  ENGINEER: ['metering:*', 'scada:*', 'platform:events:read', 'platform:alerts:read'],
  EMPLOYEE: ['metering:meters:read', 'metering:readings:read', 'scada:stations:read', 'scada:readings:read'],
  ACCOUNTANT: ['metering:meters:read', 'metering:readings:read', 'billing:*'],
} as const satisfies Record<string, readonly string[]>;

export type SystemRole = keyof typeof systemRoles;

export const systemRoleNames = Object.keys(systemRoles) as [SystemRole, ...SystemRole[]];

/** Permissions of several roles together; an unknown role gives none. */
export function permissionsOf(roles: readonly string[]): string[] {
  return [
    ...new Set(roles.flatMap((role) => (Object.hasOwn(systemRoles, role) ? systemRoles[role as SystemRole] : []))),
  ];
}
