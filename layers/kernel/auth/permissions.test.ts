import { describe, expect, it } from 'vitest';
import { isGranted } from './permissions.ts';

describe('isGranted', () => {
  it.each([
    [['billing:meters:read'], 'billing:meters:read', true],
    [['billing:meters:read'], 'billing:meters:write', false],
    [['billing:*'], 'billing:meters:write', true],
    [['billing:meters:*'], 'billing:meters:write', true],
    [['*:meters:read'], 'billing:meters:read', true],
    [['billing'], 'billing:meters:read', false],
    [['billing:meters'], 'billing:meters:read', false],
    [['billing:meters:read:own'], 'billing:meters:read', false],
    [['bill*'], 'billing:meters:read', false],
    [[], 'billing:meters:read', false],
    [['scada:*', '*'], 'billing:meters:read', true],
  ])('%j covers %s: %s', (granted, needed, expected) => {
    expect(isGranted(granted, needed)).toBe(expected);
  });
});
