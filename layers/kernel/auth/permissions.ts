/** Permission strings are `<domain>:<resource>:<action>`; a granted string may end in `*` at any segment. */

/** Whether one of the granted strings covers the needed one: `billing:*` covers `billing:meters:read`. */
export function isGranted(granted: readonly string[], needed: string): boolean {
  return granted.some((grant) => covers(grant, needed));
}

function covers(grant: string, needed: string): boolean {
  if (grant === '*' || grant === needed) return true;
  const grantParts = grant.split(':');
  const neededParts = needed.split(':');
  for (let i = 0; i < neededParts.length; i++) {
    const part = grantParts[i];
    if (part === undefined) return false;
    if (part === '*') {
      if (i === grantParts.length - 1) return true;
      continue;
    }
    if (part !== neededParts[i]) return false;
  }
  return grantParts.length === neededParts.length;
}
