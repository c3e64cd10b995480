/** The roles every tenant has, as sets of permission strings. No tenant role holds `system:*`: that is for who runs the installation. */

export const systemRoles = {
  /** Runs the installation itself: creates tenants. Given together with a tenant role. */
  SUPER_ADMIN: ['system:*'],
  /** `tenant:owners` is what an administrator lacks: nobody but an owner makes owners, or acts on one. */
  OWNER: ['tenant:owners', 'identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*', 'ledger:*', 'support:*'],
  ADMIN: ['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*', 'ledger:*', 'support:*'],
  /** Connects providers and partners: integrations with their secrets, webhooks, events, logs. */
  DEVELOPER: [
    'identity:workspaces:read',
    'platform:integrations:*',
    'platform:webhooks:*',
    'platform:events:*',
    'platform:alerts:*',
    'platform:overview:read',
    'platform:logs:read',
  ],
  MANAGER: [
    'identity:users:read',
    'identity:workspaces:read',
    'identity:workspaces:members',
    'platform:events:read',
    'platform:subscriptions:read',
    'platform:alerts:*',
    'platform:integrations:read',
    'platform:integrations:test',
    'metering:*',
    'billing:*',
    'scada:*',
    'support:*',
    'ledger:accounts:read',
    'ledger:reports:read',
  ],
  OPERATOR: [
    'identity:workspaces:read',
    'metering:meters:read',
    'metering:readings:*',
    'metering:edits:read',
    'metering:edits:write',
    'scada:*',
    'platform:alerts:*',
    'platform:events:read',
    'platform:integrations:read',
    'platform:integrations:test',
  ],
  ENGINEER: [
    'identity:workspaces:read',
    'metering:*',
    'billing:prepaid:read',
    'billing:prepaid:engineer',
    'scada:*',
    'platform:events:read',
    'platform:subscriptions:read',
    'platform:alerts:read',
    'platform:integrations:read',
    'platform:integrations:test',
  ],
  EMPLOYEE: [
    'identity:workspaces:read',
    'metering:meters:read',
    'metering:readings:read',
    'scada:stations:read',
    'scada:readings:read',
  ],
  /** Keeps the books, and cannot reopen a closed period. */
  ACCOUNTANT: [
    'identity:workspaces:read',
    'metering:meters:read',
    'metering:readings:read',
    'metering:edits:read',
    'billing:customers:*',
    'billing:supplies:*',
    'billing:tariffs:*',
    'billing:invoices:*',
    'billing:corrections:*',
    'billing:payments:*',
    'billing:payment-settings:*',
    'billing:checkouts:*',
    'billing:refunds:*',
    'billing:cashier-sessions:*',
    'billing:bank-imports:*',
    'billing:prepaid:read',
    'billing:prepaid:vend',
    'billing:prepaid:reprint',
    'billing:prepaid:reverse',
    'billing:prepaid:agree',
    'billing:prepaid:switch',
    'billing:commands:read',
    'ledger:accounts:*',
    'ledger:journal:*',
    'ledger:periods:read',
    'ledger:periods:write',
    'ledger:periods:close',
    'ledger:reconciliation:*',
    'ledger:reports:*',
    'ledger:rules:*',
    'ledger:settings:*',
  ],
  /** Watches the network and sends teams out. */
  DISPATCHER: [
    'identity:workspaces:read',
    'metering:meters:read',
    'metering:readings:read',
    'scada:stations:read',
    'scada:readings:read',
    'platform:alerts:*',
  ],
  /** Works at meters and stations, with a phone in the hand. */
  TECHNICIAN: ['metering:meters:read', 'metering:readings:read', 'scada:stations:read', 'scada:readings:read'],
  /** Takes money, and cannot take it back. */
  CASHIER: [
    'metering:meters:read',
    'billing:customers:read',
    'billing:supplies:read',
    'billing:invoices:read',
    'billing:payments:read',
    'billing:payments:write',
    'billing:prepaid:read',
    'billing:prepaid:vend',
    'billing:prepaid:reprint',
    'billing:checkouts:*',
    'billing:refunds:read',
    'billing:refunds:write',
    'billing:cashier-sessions:read',
    'billing:cashier-sessions:write',
  ],
  SUPPORT_AGENT: [
    'metering:meters:read',
    'metering:readings:read',
    'billing:prepaid:read',
    'billing:customers:read',
    'billing:supplies:read',
    'billing:tariffs:read',
    'billing:invoices:read',
    'billing:payments:read',
    'billing:checkouts:*',
    'billing:refunds:read',
    'billing:commands:read',
    'support:tickets:view',
    'support:tickets:create',
    'support:tickets:update',
    'support:tickets:reply',
    'support:tickets:escalate',
    'support:tickets:close',
  ],
  /** A customer of the utility in the portal: sees their own and nothing of the tenant's. */
  CUSTOMER: ['portal:*'],
  /** Signed up by themselves: may link themselves to accounts of their own, and sees nothing but those. */
  USER: ['portal:*'],
} as const satisfies Record<string, readonly string[]>;

export type SystemRole = keyof typeof systemRoles;

export const systemRoleNames = Object.keys(systemRoles) as [SystemRole, ...SystemRole[]];

/** Permissions of several roles together; an unknown role gives none. */
export function permissionsOf(roles: readonly string[]): string[] {
  return [
    ...new Set(roles.flatMap((role) => (Object.hasOwn(systemRoles, role) ? systemRoles[role as SystemRole] : []))),
  ];
}
