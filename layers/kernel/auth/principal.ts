/** Who makes a request, as the authorizer established it from the credential. Nothing in a request can change it. */
export interface Principal {
  tenantId: string;
  /** User id or API key id. */
  subject: string;
  kind: 'user' | 'api_key' | 'device';
  /** E-mail of the user or name of the key, for audit trails. */
  name: string;
  /** Permission strings, with `*` wildcards such as `billing:*`. */
  permissions: string[];
  /** Workspaces of the tenant the credential may enter; `*` means every one. */
  workspaces: string[];
  /** The log-in a user's token belongs to. */
  sessionId?: string;
  limits: { perMinute: number; perDay: number };
  /** CIDR blocks the credential may be used from; empty means anywhere. */
  allowedIps: string[];
  /** Origins a browser may use the credential from; empty means any. */
  allowedOrigins: string[];
}

/** API Gateway hands authorizer context as a flat map of strings. */
export function principalToContext(principal: Principal): Record<string, string> {
  return {
    tenantId: principal.tenantId,
    subject: principal.subject,
    kind: principal.kind,
    name: principal.name,
    permissions: principal.permissions.join(' '),
    workspaces: principal.workspaces.join(' '),
    ...(principal.sessionId === undefined ? {} : { sessionId: principal.sessionId }),
    perMinute: String(principal.limits.perMinute),
    perDay: String(principal.limits.perDay),
    allowedIps: principal.allowedIps.join(' '),
    allowedOrigins: principal.allowedOrigins.join(' '),
  };
}

export function principalFromContext(context: Record<string, unknown> | undefined): Principal | undefined {
  if (typeof context?.['tenantId'] !== 'string' || context['tenantId'] === '') return undefined;
  const words = (name: string): string[] =>
    String(context[name] ?? '')
      .split(' ')
      .filter(Boolean);
  return {
    tenantId: context['tenantId'],
    subject: String(context['subject']),
    kind: context['kind'] as Principal['kind'],
    name: String(context['name'] ?? ''),
    permissions: words('permissions'),
    workspaces: words('workspaces'),
    ...(typeof context['sessionId'] === 'string' ? { sessionId: context['sessionId'] } : {}),
    limits: { perMinute: Number(context['perMinute']), perDay: Number(context['perDay']) },
    allowedIps: words('allowedIps'),
    allowedOrigins: words('allowedOrigins'),
  };
}
