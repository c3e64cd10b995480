/** Passwords in requests: one that is chosen, whose rules are checked later with who chooses it, and one that is there already. */
import * as z from 'zod/mini';
import { maxPasswordLength, minPasswordLength } from './password-strength.ts';

export const chosenPassword = () => z.string().check(z.minLength(minPasswordLength), z.maxLength(maxPasswordLength));

export const presentPassword = () => z.string().check(z.minLength(1), z.maxLength(maxPasswordLength));
